import assert from "node:assert/strict";
import { after, test } from "node:test";
import { defineBackend, defineSchema, everyone, text } from "chassis";
import {
  addApp,
  authorizePath,
  follow,
  leadsTo,
  newVerifier,
  sayYes,
  submit,
  tokensFor,
  userInfo,
} from "../support/live-apps.ts";
import { type Browser, startPeople } from "../support/live-people.ts";

const backend = defineBackend(defineSchema({ users: { name: text().min(1).max(80).default("Somebody") } }), {
  rules: { users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }) },
  auth: { provider: true, anonymous: true, impersonation: true },
});
const live = await startPeople({ after }, { backend });
const offline = { scope: "openid email offline_access" };

test("26: an administrator who acts as somebody signs in to no app as them, and takes none away", async () => {
  const app = await addApp(live);
  const ada = await live.join("ada@example.org", "Ada");
  const admin = await live.join("admin@example.org", "Admin");
  await live.platform.database.transaction((connection) =>
    connection.run(`UPDATE _chassis_accounts SET roles = '["admin"]' WHERE user = ?`, [admin.user]),
  );
  const before = await tokensFor(live.url, ada, app, offline);
  assert.equal((await admin.post("/auth/v1/impersonate", { user: ada.user, reason: "Ticket 7" })).status, 200);
  assert.equal((await admin.get("/auth/v1/session")).body["user"], ada.user);
  const { challenge } = newVerifier();
  for (const more of [offline, { scope: "openid" }, { ...offline, prompt: "consent" }, { ...offline, prompt: "login" }]) {
    const path = authorizePath(app, challenge, more);
    for (const asked of [path, path.replace("/oidc/v1/authorize", "/auth/consent")]) {
      const reply = await follow(admin, asked);
      assert.equal(reply.status, 403, asked);
      assert.match(reply.text, /for its owner alone/);
    }
    const request = path.slice(path.indexOf("?") + 1);
    const said = await submit(admin, "/auth/consent", { request, user: ada.user, answer: "allow" });
    assert.equal(said.status, 403, said.text);
  }
  const silent = leadsTo(await follow(admin, authorizePath(app, challenge, { ...offline, prompt: "none" })));
  assert.equal(silent.searchParams.get("error"), "login_required");
  assert.equal((await submit(admin, "/auth/apps", { app: app.id })).status, 403);
  assert.equal((await userInfo(live.url, before["access_token"])).status, 200);
});

test("whoever has not signed up signs in to no app: they are asked to sign in", async () => {
  const app = await addApp(live, { trusted: true });
  const nobody: Browser = live.browser();
  const begun = await nobody.post("/auth/v1/anonymous");
  assert.equal(begun.status, 200, begun.text);
  const { challenge } = newVerifier();
  const path = authorizePath(app, challenge);
  for (const asked of [path, path.replace("/oidc/v1/authorize", "/auth/consent")])
    assert.equal(leadsTo(await follow(nobody, asked)).pathname, "/auth/sign-in", asked);
  const silent = leadsTo(await follow(nobody, authorizePath(app, challenge, { prompt: "none" })));
  assert.equal(silent.searchParams.get("error"), "login_required");
  const user = String(begun.body["user"]);
  const allowed = await sayYes(Object.assign(nobody, { user }), authorizePath(app, challenge, { prompt: "consent" }));
  assert.equal(allowed.pathname, "/auth/sign-in");
});
