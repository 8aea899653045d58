import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createTokens, loadTokenSecret } from "#application";
import { createIdSource, systemClock } from "#base";
import { runProgram } from "#cli";
import { openSqlite } from "#database";
import { tokenKey } from "#platform";
import { orderName } from "#server";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const backend = (fields: string): string => `
import { defineBackend, defineSchema, everyone, integer, text } from "chassis";

const schema = defineSchema({ notes: { ${fields} } });
export default defineBackend(schema, { rules: { notes: () => ({ read: everyone, write: everyone }) } });
`;

const first = "title: text().max(20), stars: integer().optional()";
const renamed = "heading: text().max(20), stars: integer().optional(), body: text().optional()";

interface Board extends BackendFolder {
  readonly define: (fields: string) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly unknown[]>;
  readonly files: () => readonly string[];
}

/** A back end with a database of three rows. Each definition is a file of its own: a module is loaded once in a process. */
async function createBoard(t: TestContext, fields: string = first): Promise<Board> {
  const folder = await backendFolder(t, backend(fields));
  await mkdir(join(folder.path, "node_modules"));
  await symlink(root, join(folder.path, "node_modules/chassis"));
  let version = 1;
  const pathOf = (): string => (version === 1 ? folder.path : join(folder.path, `backend${version}.ts`));
  const board: Board = {
    ...folder,
    async define(next) {
      version++;
      await writeFile(pathOf(), backend(next));
    },
    run: (command, ...args) => folder.run(command ?? "", ...args, "-b", pathOf()),
    async rows(sql) {
      const database = await openSqlite({ path: join(folder.path, ".data/chassis.db") });
      const rows = await database.all(sql, []);
      await database.close();
      return rows;
    },
    files: () => (existsSync(join(folder.path, "migrations")) ? readdirSync(join(folder.path, "migrations")) : []),
  };
  const file = await folder.write("notes.ndjson", ["a", "b", "c"].map((title) => JSON.stringify({ title, stars: 1 })).join("\n"));
  const { code, errors } = await board.run("import", "notes", file);
  assert.equal(code, 0, errors);
  return board;
}

describe("migrate", () => {
  test("goes from a definition to the database and back: status, plan, rehearse, apply, rollback, purge", async (t) => {
    const board = await createBoard(t);
    const same = await board.run("migrate");
    assert.match(same.output, /The database is as the definition says\. There is nothing to do\./);

    await board.define(renamed);
    const status = await board.run("migrate", "status");
    assert.match(
      status.output,
      /differs from the database:[\s\S]*\? Is the column 'notes\.heading' new, or was it 'title' before\?[\s\S]*`npx chassis migrate plan \S+` writes it/,
    );
    assert.equal(status.code, 0);

    const open = await board.run("migrate", "plan");
    assert.equal(open.code, 1);
    assert.match(open.errors, /Not written[\s\S]*--rename notes\.title=heading {2}or {2}--new notes\.heading/);
    assert.deepEqual(board.files(), []);

    const started = spawnProgram(t, ["start", join(board.path, "backend2.ts"), "--port", "0"]);
    assert.equal(await started.ended(), 1);
    assert.match(started.text(), /column 'heading' is missing[\s\S]*chassis migrate plan/);

    const dry = await board.run("migrate", "plan", "--rename", "notes.title=heading", "--dry-run");
    assert.equal(dry.code, 0);
    assert.match(
      dry.output,
      /rename column notes\.title to heading[\s\S]*add column notes\.body[\s\S]*The version before does not work on it/,
    );
    assert.deepEqual(board.files(), []);
    const planned = await board.run("migrate", "plan", "--rename", "notes.title=heading", "--name", "better names");
    assert.equal(planned.code, 0, planned.errors);
    assert.match(board.files().join(), /^\d{14}_better_names\.ts$/);
    const again = await board.run("migrate", "plan");
    assert.equal(again.code, 1);
    assert.match(again.errors, /_better_names waits to be applied/);

    const rehearsed = await board.run("migrate", "rehearse");
    assert.equal(rehearsed.code, 0, rehearsed.output + rehearsed.errors);
    assert.match(rehearsed.output, /nothing speaks against it/);
    assert.deepEqual(await board.rows("SELECT title FROM notes ORDER BY 1"), [["a"], ["b"], ["c"]]);

    const applied = await board.run("migrate", "apply");
    assert.equal(applied.code, 0, applied.errors);
    assert.match(applied.output, /_better_names applied: \d steps in .*; other writes waited .* at most\./);
    assert.deepEqual(await board.rows("SELECT heading, body FROM notes ORDER BY 1"), [
      ["a", null],
      ["b", null],
      ["c", null],
    ]);
    assert.match((await board.run("migrate")).output, /Applied\n {2}\d{14}_better_names {2}\d{4}-/);
    assert.match((await board.run("migrate", "apply")).output, /Nothing waits to be applied/);
    assert.match((await board.run("migrate", "plan")).output, /nothing to plan/);

    const back = await board.run("migrate", "rollback");
    assert.equal(back.code, 0, back.errors);
    assert.match(back.output, /_better_names rolled back/);
    assert.deepEqual(await board.rows("SELECT title FROM notes ORDER BY 1"), [["a"], ["b"], ["c"]]);
    assert.match((await board.run("migrate")).output, /Waiting to be applied\n.*_better_names[\s\S]*column notes\.body {2}since/);
    assert.match((await board.run("migrate", "purge")).output, /Nothing is due: the first is kept until/);
    const unsaid = await board.run("migrate", "purge", "--everything");
    assert.equal(unsaid.code, 1);
    assert.match(unsaid.errors, /column notes\.body would be gone for good\. Say --yes/);
    assert.match(
      (await board.run("migrate", "purge", "--everything", "--yes")).output,
      /^Removed for good: column notes\.body\.$/m,
    );
    assert.match((await board.run("migrate", "rollback")).errors, /There is no migration to roll back/);
  });

  test("refuses to lose what nobody allowed, and says how it is said", async (t) => {
    const board = await createBoard(t);
    await board.define("title: text().max(20), size: integer()");
    const refused = await board.run("migrate", "plan", "--new", "notes.size");
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /--drop notes\.stars/);
    assert.match(refused.errors, /--fill "notes\.size=/);
    const allowed = await board.run(
      "migrate",
      "plan",
      "--new",
      "notes.size",
      "--drop",
      "notes.stars",
      "--fill",
      "notes.size=length(title)",
    );
    assert.equal(allowed.code, 0, allowed.errors);
    assert.equal((await board.run("migrate", "apply")).code, 0);
    assert.deepEqual(await board.rows("SELECT title, size FROM notes ORDER BY 1"), [
      ["a", 1],
      ["b", 1],
      ["c", 1],
    ]);
  });

  test("asks whoever sits at the terminal, one thing at a time", async (t) => {
    const board = await createBoard(t);
    await writeFile(join(board.path, "backend9.ts"), backend("heading: text().max(20), body: text().optional()"));
    const asked: string[] = [];
    let text = "";
    const answers = ["what", "1", "2", "maybe", "y"];
    const write = (line = ""): void => void (text += `${line}\n`);
    const terminal = {
      print: write,
      report: write,
      progress() {},
      style: (_: string, line: string) => line,
      ask: async (question: string) => {
        asked.push(question);
        const answer = answers.shift();
        if (answer === undefined) throw new Error(`Not expected: ${text}`);
        return answer;
      },
    };
    const code = await runProgram(["migrate", "plan", join(board.path, "backend9.ts")], terminal);
    assert.equal(code, 0, text);
    // Once it is known what `title` became, `body` can only be new, or was `stars`; the plan asks about that alone.
    assert.match(text, /Is the column 'notes\.heading' new, or was it[^\n]*\n {2}1 {2}It was 'title' before: rename it\./);
    assert.match(text, /Answer with a number from 1 to/);
    assert.match(text, /rename column notes\.title to heading/);
    assert.match(
      text,
      /Is the column 'notes\.body' new, or was it 'stars' before\?\n {2}1 {2}It was 'stars' before: rename it\.\n {2}2 {2}It is new\./,
    );
    assert.deepEqual(asked, ["1 to 3: ", "1 to 3: ", "1 to 2: ", "Is that meant? (y/n) ", "Is that meant? (y/n) "]);
    assert.equal(board.files().length, 1);
  });

  test("is applied by a server that runs, which goes on serving, and by nobody without the secret", async (t) => {
    const board = await createBoard(t);
    const server = spawnProgram(t, ["start", board.path, "--port", "0"]);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    await board.define(`${first}, body: text().optional()`);
    assert.equal((await board.run("migrate", "plan")).code, 0);
    assert.match(
      (await board.run("migrate")).output,
      new RegExp(`which the server \\(process ${server.process.pid}\\) has open`),
    );
    assert.equal((await board.run("migrate", "rehearse")).code, 0);

    const stop = new AbortController();
    const writing = (async () => {
      let done = 0;
      for (; !stop.signal.aborted; done++) {
        const answer = await fetch(`${url}/rest/v1/notes`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ title: `n${done}` }),
        });
        assert.equal(answer.status, 201);
      }
      return done;
    })();
    const applied = await board.run("migrate", "apply");
    assert.equal(applied.code, 0, applied.errors);
    assert.match(applied.errors, new RegExp(`Applied by the server at ${url}, which goes on serving`));
    stop.abort();
    const written = await writing;
    const rows = (await (await fetch(`${url}/rest/v1/notes?select=title`)).json()) as readonly unknown[];
    assert.equal(rows.length, 3 + written);

    const route = `${url}/admin/v1/maintenance`;
    const order = JSON.stringify({ type: "rollback" });
    for (const headers of [
      {},
      { authorization: "Bearer x.y.z" },
      { authorization: `Bearer ${(await board.run("token", "--user", "ada")).output.trim()}` },
    ]) {
      assert.equal((await fetch(route, { headers })).status, 401);
      assert.equal((await fetch(route, { method: "POST", headers, body: order })).status, 401);
    }
    await board.define(renamed);
    assert.equal((await board.run("migrate", "plan", "--rename", "notes.title=heading")).code, 0);
    const refused = await board.run("migrate", "apply");
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /The version that runs would not work on it:\n {2}It uses 'notes\.title'[\s\S]*--force/);
    // A permission is good for one body, and once.
    const tokens = createTokens({
      secret: tokenKey(await loadTokenSecret(join(board.path, ".data"))),
      revocations: { has: () => false, revoke: async () => {} },
      clock: systemClock,
      ids: createIdSource(systemClock),
    });
    const purge = JSON.stringify({ type: "purge", everything: false, nonce: "1" });
    const authorization = await tokens.permitMaintenance(orderName(purge));
    const give = async (body: string) => (await fetch(route, { method: "POST", headers: { authorization }, body })).status;
    assert.equal(await give(order), 401);
    assert.equal(await give(purge), 202);
    assert.equal(await give(purge), 401);
    assert.equal((await board.run("migrate", "rollback")).code, 0);
    server.process.kill("SIGTERM");
    assert.equal(await server.ended(), 0);
    assert.deepEqual(await board.rows("SELECT count(*) FROM notes"), [[3 + written]]);
  });

  test("is applied before a server listens, with start --migrate", async (t) => {
    const board = await createBoard(t);
    await board.define(renamed);
    assert.equal((await board.run("migrate", "plan", "--rename", "notes.title=heading")).code, 0);
    const server = spawnProgram(t, ["start", join(board.path, "backend2.ts"), "--port", "0", "--migrate"]);
    await server.written(/rename_column_notes_title_to_heading_and_\d_more applied/);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    assert.deepEqual(await (await fetch(`${url}/rest/v1/notes?select=heading&order=heading&limit=1`)).json(), [{ heading: "a" }]);
    server.process.kill("SIGTERM");
    assert.equal(await server.ended(), 0);
    const again = spawnProgram(t, ["start", join(board.path, "backend2.ts"), "--port", "0", "--migrate"]);
    await again.written(/"url":"([^"]+)"/);
    assert.doesNotMatch(again.text(), /applied/);
  });

  test("says what is mistyped", async (t) => {
    const board = await createBoard(t);
    const fresh = await backendFolder(
      t,
      backend(first).replace('"chassis"', JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)),
    );
    await board.define(renamed);
    const scenarios: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
      [["migrate", "aply"], 2, /There is no command '[a-z ]*aply'; did you mean '[a-z ]*apply'/],
      [["migrate", "plan", "--renam", "a=b"], 2, /has no option '--renam'; did you mean '--rename'/],
      [
        ["migrate", "plan", "--rename", "title"],
        2,
        /--rename takes old=new for a table and table\.old=new for a column, not 'title'/,
      ],
      [["migrate", "plan", "--rename", "notes.titel=heading"], 1, /says that it was 'titel', and there is no such column/],
      [["migrate", "plan", "--fill", "body=1"], 2, /--fill takes table\.column=expression/],
      [["migrate", "plan", "--name", "../../x"], 2, /--name takes a few words/],
      [["migrate", "rollback"], 1, /There is no migration to roll back/],
    ];
    for (const [args, expected, message] of scenarios) {
      const { code, errors } = await board.run(...args);
      assert.match(errors, message);
      assert.equal(code, expected, args.join(" "));
    }
    const { code, errors } = await fresh.run("migrate", "plan", fresh.path);
    assert.match(errors, /There is no database in .* yet: the first start makes it/);
    assert.equal(code, 1);
    assert.match(
      (await board.run("migrate", "apply")).output,
      /There is no migration in .*migrations\. `npx chassis migrate plan \S+` writes one/,
    );
  });
});
