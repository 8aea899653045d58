import assert from "node:assert/strict";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";
import { startFalseIssuer } from "../support/false-issuer.ts";
import { Browser } from "../support/live-people.ts";
import { oauthEnvironment, placeOf, signInBy } from "../support/oauth-people.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

test("an account is shown with the sites that its owner signs in by", async (t) => {
  const issuer = await startFalseIssuer(t);
  const folder = await backendFolder(
    t,
    `
import { defineBackend, defineSchema, everyone, nobody, oidc, text } from ${JSON.stringify(library)};
export default defineBackend(defineSchema({ users: { name: text().min(1) } }), {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: nobody, delete: nobody }) },
  auth: { providers: { acme: oidc({ issuer: ${JSON.stringify(issuer.url)} }) } },
});
`,
  );
  const environment = { PORT: "0", CHASSIS_MAIL_FROM: "people@example.org", ...oauthEnvironment("acme") };
  const server = spawnProgram(t, ["start", folder.path], environment);
  const [, url = ""] = await server.written(/"url":"([^"]+)"/);
  issuer.person = { sub: "1", name: "Ada", email: "ada@acme.example", email_verified: true };
  assert.equal(placeOf(await signInBy(new Browser(url), "acme")), "/auth/account");

  const show = (...args: readonly string[]) => folder.run("user", "show", "ada@acme.example", ...args, "-b", folder.path);
  const { output, errors } = await show();
  assert.match(output, /^sites +acme \(ada@acme\.example, used \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/m, errors);
  const { identities } = JSON.parse((await show("--json")).output) as { readonly identities: readonly object[] };
  assert.deepEqual(
    identities.map((each) => Object.keys(each)),
    [["id", "provider", "label", "created", "used"]],
  );
  // The client's secret is a setting, and stands nowhere.
  assert.doesNotMatch(server.text(), /a secret of acme/);
  server.process.kill("SIGTERM");
  await server.ended();
});
