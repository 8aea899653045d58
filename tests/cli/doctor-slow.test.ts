import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const board = (owner: string): string => `
import { defineBackend, defineSchema, everyone, integer, text } from ${JSON.stringify(library)};

const schema = defineSchema({ notes: { body: text(), owner: ${owner}, stars: integer() } });
export default defineBackend(schema, { rules: { notes: () => ({ read: everyone, write: everyone }) } });
`;

const rows = 40_000;

test("what a server found slow, doctor turns into the line of an index, and keeps no value of it", {
  timeout: 120_000,
}, async (t) => {
  const { path, run, write } = await backendFolder(t, board("text()"));
  const lines = Array.from({ length: rows }, (_, index) =>
    JSON.stringify({ body: `${"x".repeat(500)} ${index}`, owner: `o${index % 1000}`, stars: index }),
  );
  assert.equal((await run("import", "notes", await write("notes.ndjson", lines.join("\n")), path)).code, 0);
  const server = spawnProgram(t, ["start", path, "--port", "0"]);
  const [, url] = await server.written(/"url":"([^"]+)"/);
  // All rows are read, and in each a long text is searched; `owner` is what they could be found by.
  const answers = ["o1", "o2", "o3"].map(async (owner) => {
    const answer = await fetch(`${url}/rest/v1/notes?body=ilike.*hidden-word*&owner=eq.${owner}&select=id`);
    assert.deepEqual([answer.status, await answer.json()], [200, []]);
  });
  await Promise.all(answers);
  // Beside the server nothing is known yet: it writes every ten minutes, and at its end.
  const beside = await run("doctor", path, "--quick");
  assert.match(beside.output, /No statement is known to be slow/);
  server.process.kill("SIGTERM");
  assert.equal(await server.ended(), 0);

  const again = spawnProgram(t, ["start", path, "--port", "0"]);
  await again.written(/"url":"([^"]+)"/);
  const { code, output } = await run("doctor", path, "--quick");
  assert.equal(code, 0, output);
  assert.match(output, /slow {2,}A statement was slow 3 times, \d+ ms at the longest: SELECT/);
  assert.match(output, /-> In the schema: notes: \{ owner: text\(\)\.index\(\) \}/);
  again.process.kill("SIGTERM");
  assert.equal(await again.ended(), 0);

  const database = new DatabaseSync(join(path, ".data/chassis.db"));
  t.after(() => database.close());
  const noted = database.prepare("SELECT statement, count FROM _chassis_slow_statements").all();
  assert.doesNotMatch(JSON.stringify(noted), /hidden-word|"o1"|'o1'/);
  // With the index there is nothing to advise any more, although the statement is still noted.
  database.exec("CREATE INDEX notes_owner_idx ON notes (owner)");
  assert.match((await run("doctor", path, "--quick")).output, /No statement is known to be slow/);
});
