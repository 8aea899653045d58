import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = (file: string): string => JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);

const backend = `
import { defineBackend, defineSchema, everyone, nobody, text } from ${library("index.ts")};
import { mail, paragraph } from ${library("mail.ts")};

export default defineBackend(defineSchema({ notes: { body: text() } }), {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  mails: { digest: mail({ list: "digest", from: "a@example.org", subject: "This week", body: () => [paragraph("News")] }) },
});
`;

test("suppressions are seen and changed beside a running server, and without one", async (t) => {
  const folder = await backendFolder(t, backend);
  const { path } = folder;
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> =>
    folder.run("mail", "suppressions", ...args, "-b", path);
  assert.match((await run("list")).errors, /There is no database in .* yet/);
  assert.match((await run("add", "ada@example.org")).errors, /There is no database in .* yet/);
  const server = spawnProgram(t, ["start", path], { PORT: "0", CHASSIS_BASE_URL: "https://example.org" });
  await server.written(/No mail server is set \(CHASSIS_MAIL_SERVER\)/);
  await server.written(/"url":"([^"]+)"/);
  assert.equal((await folder.run("mail", "-b", path)).errors, "Mail is sent to everybody: no address is suppressed.\n");

  assert.equal(
    (await run("add", "Ada@example.org", "--detail", "asked\u001b[31m")).output,
    "No mail is sent to Ada@example.org any more.\n",
  );
  assert.equal((await run("add", "ada@EXAMPLE.org")).output, "No mail was sent to ada@EXAMPLE.org already.\n");
  assert.equal(
    (await run("add", "bob@example.org", "--list", "digest")).output,
    "No mail of the list 'digest' is sent to bob@example.org any more.\n",
  );
  const refused = await run("add", "bob@example.org", "--list", "digst");
  assert.deepEqual([refused.code, refused.errors.trim()], [1, "No mail has the list 'digst'; did you mean 'digest'?"]);
  assert.match((await run("add", "bob")).errors, /The address must be one e-mail address/);
  assert.match(
    (await run()).output,
    /^address +list +reason +since\nada@example\.org +all mail +manual +2\d{3}-.* asked\\u\{1b\}\[31m\nbob@example\.org +digest +manual +2\d{3}-.*\n$/,
  );
  server.process.kill("SIGTERM");
  await server.ended();

  assert.match(
    (await run("list", "--list", "digest", "--json")).output,
    /^\{"address":"bob@example\.org","list":"digest","reason":"manual","detail":null,"since":"[^"]+"\}\n$/,
  );
  assert.match((await run("remove", "bob@example.org")).output, /^All mail to bob@example\.org was not suppressed/);
  assert.equal(
    (await run("remove", "bob@example.org", "--list", "digest")).output,
    "Mail of the list 'digest' is sent to bob@example.org again.\n",
  );
  assert.equal((await run("remove", "ADA@example.org")).output, "Mail is sent to ADA@example.org again.\n");
  assert.equal((await run("list", "--address", "ada@example.org")).errors, "There is no such suppression.\n");
  assert.match((await run("list", "--reason", "bounced")).errors, /--reason is bounce, .*did you mean 'bounce'/);
  assert.match((await run("list", "--limit", "0")).errors, /--limit must be a whole number/);
});
