import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, mutation, ref, signedIn, table, text } from "chassis";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";

const backend = defineBackend(
  defineSchema(
    {
      users: { name: text().min(1).max(80) },
      notes: table({ author: ref("users").immutable().defaultToActor(), body: text() }, { audit: true }),
      drafts: { author: ref("users").immutable().defaultToActor(), body: text() },
    },
    { roles: ["keeper"] },
  ),
  {
    rules: {
      users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
      notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
      drafts: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id).and(me.provedWithin("10m")) }),
    },
    functions: { behind: mutation({ access: signedIn }, ({ me }) => me?.impersonator?.id ?? null) },
    auth: { impersonation: true, keys: true, secondFactor: { requiredFor: ["keeper"] } },
  },
);

const live = await startPeople({ after }, { backend });
const { platform } = live;
const port = Number(new URL(live.url).port);
const actingCookie = `chassis-acting-${port}`;
const sessionCookie = `chassis-session-${port}`;
let count = 0;
const someone = (): string => `acting-${++count}@example.org`;
type Member = Browser & { readonly user: string; readonly email: string };

const change = (sql: string, ...parameters: (string | number)[]): Promise<unknown> =>
  platform.database.transaction((connection) => connection.run(sql, parameters));
const giveRoles = (user: string, ...roles: readonly string[]): Promise<unknown> =>
  change("UPDATE _chassis_accounts SET roles = ? WHERE user = ?", JSON.stringify(roles), user);

async function join(...roles: readonly string[]): Promise<Member> {
  const email = someone();
  const browser = Object.assign(await live.join(email, "Ada"), { email });
  if (roles.length > 0) await giveRoles(browser.user, ...roles);
  return browser;
}

const begin = (admin: Browser, user: string, more: object = {}): Promise<Reply> =>
  admin.post("/auth/v1/impersonate", { user, reason: "Ticket 7", ...more });
const who = async (browser: Browser): Promise<unknown> => (await browser.get("/auth/v1/session")).body["user"];

/** An administrator who acts as somebody. */
async function acting(): Promise<{ readonly admin: Member; readonly user: Member }> {
  const [admin, user] = [await join("admin"), await join()];
  assert.equal((await begin(admin, user.user)).status, 200);
  assert.equal(await who(admin), user.user);
  return { admin, user };
}

describe("whoever acts as somebody is seen", () => {
  test("in the session, in functions, in the audit log, by mail and on the account's page", async () => {
    const { admin, user } = await acting();
    const session = (await admin.get("/auth/v1/session")).body;
    const { id, reason } = session["impersonator"] as Record<string, unknown>;
    assert.deepEqual([id, reason], [admin.user, "Ticket 7"]);
    assert.equal((await admin.post("/rest/v1/rpc/behind")).text, JSON.stringify(admin.user));
    assert.equal((await admin.post("/rest/v1/notes", { body: "by the administrator" })).status, 201);
    assert.equal((await user.post("/rest/v1/notes", { body: "by themselves" })).status, 201);
    const entries = await platform.database.all(
      "SELECT author, impersonator FROM _chassis_audit WHERE author = ? ORDER BY sequence",
      [user.user],
    );
    assert.deepEqual(
      entries.map((row) => [...row]),
      [
        [user.user, admin.user],
        [user.user, null],
      ],
    );
    assert.match(await live.mailTo(user.email, /administrator/i), /Ticket 7/);
    assert.match((await user.get("/auth/account")).text, /Administrators who looked in[^]*Ticket 7/);
    assert.match((await admin.get("/auth/account")).text, /You act as Ada\.[^]*Be yourself again/);
    assert.ok(!(await user.get("/auth/account")).text.includes("You act as"));
    const told = (await user.get("/auth/v1/impersonations")).body as unknown as readonly Record<string, unknown>[];
    assert.deepEqual([told.length, told[0]?.["reason"], told[0]?.["admin"]], [1, "Ticket 7", undefined]);
  });
});

interface Listed {
  readonly id: string;
  readonly current: boolean;
  readonly impersonation?: { readonly user: string; readonly reason: string };
}

describe("whoever acts as somebody is in the list of sessions, and can be put out from there", () => {
  const sessionsOf = async (browser: Browser): Promise<readonly Listed[]> =>
    (await browser.get("/auth/v1/sessions")).body as unknown as readonly Listed[];
  const shown = (list: readonly Listed[]): unknown => list.map(({ current, impersonation }) => ({ current, ...impersonation }));

  test("by the person, who does not learn which administrator it is", async () => {
    const { admin, user } = await acting();
    const marked = { user: user.user, reason: "Ticket 7" };
    const list = await sessionsOf(user);
    assert.deepEqual(shown(list), [{ current: false, ...marked }, { current: true }]);
    assert.ok(!JSON.stringify(list).includes(admin.user));
    assert.deepEqual(shown(await sessionsOf(admin)), [{ current: true, ...marked }, { current: false }]);
    assert.match((await user.get("/auth/account")).text, /An administrator, as you<[^]*Because: Ticket 7/);
    const own = list[0]?.id ?? "";
    const stranger = await join();
    assert.equal((await stranger.ask(`/auth/v1/sessions/${own}`, { method: "DELETE" })).status, 404, "nobody else's to end");
    assert.equal(await who(admin), user.user);
    assert.equal((await user.ask(`/auth/v1/sessions/${own}`, { method: "DELETE" })).status, 204);
    assert.equal((await admin.get("/auth/v1/session")).status, 401, "once, so that nothing is done as the administrator");
    assert.equal(await who(admin), admin.user);
    assert.deepEqual(shown(await sessionsOf(user)), [{ current: true }]);
    assert.equal((await user.ask(`/auth/v1/sessions/${own}`, { method: "DELETE" })).status, 404);
  });

  test("by the administrator, from another of their browsers", async () => {
    const { admin, user } = await acting();
    const desk = live.browser();
    assert.equal((await desk.post("/auth/v1/sign-in", { email: admin.email, password })).status, 200);
    const [running, ...others] = await sessionsOf(desk);
    assert.deepEqual([running?.impersonation?.user, others.length], [user.user, 2]);
    const page = (await desk.get("/auth/account")).text;
    assert.match(page, /You, as somebody else<[^]*Because: Ticket 7/);
    const ended = await desk.ask("/auth/sessions", {
      method: "POST",
      body: `session=${running?.id}`,
      headers: { "content-type": "application/x-www-form-urlencoded", origin: live.url },
    });
    assert.equal(ended.headers.get("location"), "/auth/account?done=session");
    assert.equal((await admin.get("/auth/v1/session")).status, 401);
    assert.equal(await who(admin), admin.user);
  });

  test("and goes with all others when the person signs out everywhere else", async () => {
    const { admin, user } = await acting();
    const reply = await user.ask("/auth/v1/sessions?others=true", { method: "DELETE" });
    assert.deepEqual(reply.body, { ended: 1 });
    assert.equal((await admin.get("/auth/v1/session")).status, 401);
    assert.equal(await who(user), user.user);
  });

  test("what is over is not in it: with its time, and with the administrator's session", async () => {
    const { admin, user } = await acting();
    await change("DELETE FROM _chassis_sessions WHERE user = ?", admin.user);
    assert.deepEqual(shown(await sessionsOf(user)), [{ current: true }]);
    const { user: other } = await acting();
    await change("UPDATE _chassis_impersonations SET expires = 1 WHERE user = ?", other.user);
    assert.deepEqual(shown(await sessionsOf(other)), [{ current: true }]);
  });
});

describe("whoever acts as somebody takes nothing over", () => {
  test("nothing that lets somebody in, or that asks for a proof, can be changed", async () => {
    const { admin, user } = await acting();
    const closed: readonly (readonly [method: "POST" | "DELETE", path: string, body?: object])[] = [
      ["POST", "prove", { password }],
      ["POST", "password", { current: password, password: "one more horse battery" }],
      ["POST", "address", { email: "evil@example.org" }],
      ["POST", "totp", {}],
      ["DELETE", "totp"],
      ["POST", "recovery-codes", {}],
      ["POST", "passkeys/options", {}],
      ["POST", "keys", { name: "mine now" }],
      ["DELETE", "keys/none"],
      ["DELETE", "sessions"],
      ["DELETE", "sessions?others=true"],
      ["DELETE", "sessions/none"],
      ["DELETE", "account"],
    ];
    for (const [method, path, body] of closed) {
      const reply = await admin.ask(`/auth/v1/${path}`, { method, ...(body === undefined ? {} : { body }) });
      assert.equal(reply.code, "impersonating", `${method} ${path} ${reply.text}`);
    }
    assert.equal((await admin.post("/rest/v1/drafts", { body: "x" })).status, 403, "a rule that asks for a proof");
    assert.equal(await who(user), user.user);
  });

  test("nobody but an administrator begins, with a proof and a reason, and not twice over", async () => {
    const [admin, other, user] = [await join("admin"), await join("admin"), await join()];
    assert.equal((await begin(live.browser(), user.user)).status, 401);
    assert.equal((await begin(user, other.user)).code, "42501");
    assert.equal((await begin(user, "nobody")).code, "42501", "nor do they learn who is there");
    assert.equal((await begin(admin, other.user)).code, "42501", "another administrator");
    assert.equal((await begin(admin, admin.user)).code, "42501");
    assert.equal((await begin(admin, "nobody")).code, "not_found");
    for (const reason of ["", " ", 7, "x".repeat(301), "a\nb"])
      assert.equal((await begin(admin, user.user, { reason })).code, "validation_failed");
    assert.equal(
      (
        await admin.post(
          "/auth/v1/impersonate",
          { user: user.user, reason: "x" },
          { headers: { "sec-fetch-site": "cross-site" } },
        )
      ).code,
      "cross_site",
    );
    await change("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", user.user);
    assert.equal((await begin(admin, user.user)).code, "account_suspended");
    await change("UPDATE _chassis_accounts SET suspended = NULL WHERE user = ?", user.user);
    assert.equal((await begin(admin, user.user)).status, 200);
    assert.equal((await begin(admin, (await join()).user)).code, "42501", "from within another");
    await admin.post("/auth/v1/impersonate/end");
    await change("UPDATE _chassis_sessions SET proved = proved - 700000 WHERE user = ?", admin.user);
    assert.equal((await begin(admin, user.user)).code, "proof_required");
  });

  test("35: a role that needs a second factor is worn by none whose own session has shown none", async () => {
    const { admin, user } = await acting();
    await giveRoles(user.user, "keeper");
    assert.equal((await admin.get("/auth/v1/session")).status, 401);
    assert.equal((await begin(admin, user.user)).code, "proof_required");
  });
});

describe("it ends", () => {
  test("26: by whoever began it, who is themselves again, and the token is worth nothing", async () => {
    const { admin } = await acting();
    const kept = admin.cookies.get(actingCookie) ?? "";
    assert.equal((await admin.post("/auth/v1/impersonate/end")).status, 204);
    assert.equal(await who(admin), admin.user);
    admin.cookies.set(actingCookie, kept);
    assert.equal((await admin.get("/auth/v1/session")).status, 401);
    assert.equal(await who(admin), admin.user, "the cookie went with the refusal");
  });

  test("26: with the administrator's role, suspension, session and time, and when the other becomes an administrator", async () => {
    const ends: readonly ((admin: Member, user: Member) => Promise<unknown>)[] = [
      (admin) => giveRoles(admin.user),
      (admin) => change("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", admin.user),
      (admin) => change("DELETE FROM _chassis_sessions WHERE user = ?", admin.user),
      (_admin, user) => giveRoles(user.user, "admin"),
      (_admin, user) => change("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", user.user),
      (_admin, user) => change("UPDATE _chassis_impersonations SET expires = 1 WHERE user = ?", user.user),
    ];
    for (const end of ends) {
      const [admin, user] = [await join("admin"), await join()];
      const { token } = (await begin(admin, user.user, { session: "token" })).body;
      const stranger = live.browser();
      const ask = (): Promise<Reply> => stranger.get("/rest/v1/notes", { headers: { authorization: `Bearer ${String(token)}` } });
      assert.equal((await ask()).status, 200);
      await end(admin, user);
      assert.equal((await ask()).code, "PGRST303", String(end));
    }
  });

  test("26: when the administrator signs out, who is then nobody", async () => {
    const { admin } = await acting();
    const own = admin.cookies.get(sessionCookie) ?? "";
    assert.equal((await admin.post("/auth/v1/sign-out")).status, 204);
    assert.equal(await who(admin), null);
    const again = live.browser();
    again.cookies.set(sessionCookie, own);
    assert.equal((await again.get("/auth/v1/session")).status, 401);
  });

  test("34: beside another session its cookie is worth nothing, and without one it is nobody", async () => {
    const { admin, user } = await acting();
    const token = admin.cookies.get(actingCookie) ?? "";
    const alone = live.browser();
    alone.cookies.set(actingCookie, token);
    assert.equal(await who(alone), null);
    const another = await join("admin");
    another.cookies.set(actingCookie, token);
    assert.equal((await another.get("/auth/v1/session")).status, 401);
    assert.equal(await who(another), another.user);
    user.cookies.set(actingCookie, "chi_planted");
    assert.equal((await user.get("/auth/v1/session")).status, 401);
    assert.equal(await who(user), user.user);
  });
});

test("the page, without a script: an administrator begins and ends; for others it is not there", async () => {
  const [admin, user] = [await join("admin"), await join()];
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const send = (body: string): Promise<Reply> => admin.ask("/auth/impersonate", { method: "POST", body, headers: form });
  assert.equal((await user.get("/auth/impersonate")).status, 404);
  assert.match((await admin.get("/auth/impersonate")).text, /Act as somebody[^]*60 minutes/);
  assert.match((await send("user=none&reason=x")).text, /Nobody has an account with this address/);
  assert.equal((await send(`user=${encodeURIComponent(user.email)}&reason=Ticket`)).status, 303);
  assert.equal(await who(admin), user.user);
  assert.equal((await send("end=1")).status, 303);
  assert.equal(await who(admin), admin.user);
});
