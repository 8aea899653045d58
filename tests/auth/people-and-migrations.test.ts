import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { type Backend, defineBackend, defineSchema, everyone, nobody, text } from "chassis";
import { backendFolder } from "../support/backend-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;
const definition = (name: string): string => `
import { defineBackend, defineSchema, everyone, nobody, text } from ${JSON.stringify(library)};
const schema = defineSchema({ users: { ${name} } });
export default defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: nobody, delete: nobody }) },
  auth: true,
});
`;
function backendOf(max: number): Backend {
  const schema = defineSchema({ users: { name: text().max(max) } });
  const backend = defineBackend(schema, {
    rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: nobody, delete: nobody }) },
    auth: true,
  });
  return backend;
}

test("accounts outlive a migration of the table of their users", async (t) => {
  const folder = await backendFolder(t, definition("name: text().max(80)"));
  // A migration imports the package by its name.
  await mkdir(join(folder.path, "node_modules"));
  await symlink(fileURLToPath(new URL("../..", import.meta.url)), join(folder.path, "node_modules/chassis"));
  const dataDirectory = `${folder.path}/.data`;
  const start = (max: number) =>
    createPlatform({
      backend: backendOf(max),
      config: loadConfig({ environment: { CHASSIS_RATE_LIMITS: "off" } }),
      dataDirectory,
      logger: silentLogger,
      development: true,
    });
  const request = { client: {} };
  const password = "correct horse battery";
  const before = await start(80);
  const { continuation } =
    (await before.auth?.signUp.signUp({ email: "ada@example.org", password, user: { name: "Ada" } }, request)) ?? {};
  assert.ok(continuation !== undefined);
  let token: string | undefined;
  while (token === undefined) {
    const [mail] = await before.mail.mailbox.list();
    const kept = mail && (await before.mail.mailbox.find(mail.id));
    token = /token=([\w-]{43})/.exec(kept?.text ?? "")?.[1];
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const session = await before.auth?.signUp.confirm({ token, continuation }, request);
  await before.close();

  await folder.write("backend.ts", definition("name: text().max(40)"));
  const planned = await folder.run("migrate", "plan", "--name", "shorter", folder.path);
  assert.equal(planned.code, 0, planned.errors + planned.output);
  const applied = await folder.run("migrate", "apply", folder.path);
  assert.equal(applied.code, 0, applied.errors + applied.output);

  const after = await start(40);
  t.after(() => after.close());
  const { auth } = after;
  assert.ok(auth !== undefined && session !== undefined);
  assert.equal((await auth.sessions.check(session.token)).id, session.user);
  await auth.signIn.signIn({ email: "ada@example.org", password }, request);
  // And go with their row.
  await after.database.transaction((connection) => connection.run("DELETE FROM users", []));
  await assert.rejects(auth.sessions.check(session.token));
  assert.deepEqual(await after.database.get("SELECT count(*) FROM _chassis_accounts", []), [0]);
});
