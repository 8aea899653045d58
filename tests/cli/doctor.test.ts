import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test, type TestContext } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

// Whoever has the usual port on this machine is no finding here.
process.env["PORT"] = "0";

const library = new URL("../../src/index.ts", import.meta.url).href;

const board = `
import { bool, defineBackend, defineSchema, everyone, integer, ref, table, text } from ${JSON.stringify(library)};

const schema = defineSchema({
  users: { name: text() },
  teams: { name: text().unique() },
  members: { team: ref("teams"), reader: text(), open: bool() },
  notes: table(
    { title: text().max(20).search(), body: text().optional(), owner: text().optional(), team: ref("teams").optional(), stars: integer().max(5).index(), open: bool() },
    { indexes: [["title", "stars"], ["title", "stars", "open"]] },
  ),
});
export default defineBackend(schema, {
  rules: {
    users: () => ({ read: everyone, write: everyone }),
    teams: ({ row, me }) => ({ read: row.members.some((m) => m.reader.eq(me.id)), write: everyone }),
    members: () => ({ read: everyone, write: everyone }),
    notes: ({ row, me }) => ({ read: row.owner.eq(me.id).and(row.open.eq(true)), update: row.owner.eq(me.id).or(row.open.eq(true)), create: everyone, delete: everyone }),
  },
});
`;

interface Board extends BackendFolder {
  readonly data: string;
  readonly database: string;
  /** Changes the file as another program would, with nothing held to anything. */
  readonly tamper: (sql: string) => void;
  readonly examine: (...options: readonly string[]) => Promise<{ code: number; output: string; errors: string }>;
}

async function createBoard(t: TestContext, rows = 300): Promise<Board> {
  const folder = await backendFolder(t, board);
  const lines = Array.from({ length: rows }, (_, index) =>
    JSON.stringify({ title: `note ${index}`, body: "x".repeat(200), stars: index % 5, open: true, owner: `o${index}` }),
  );
  const file = await folder.write("notes.ndjson", lines.join("\n"));
  const { code, errors } = await folder.run("import", "notes", file, folder.path);
  assert.equal(code, 0, errors);
  const data = join(folder.path, ".data");
  const database = join(data, "chassis.db");
  return {
    ...folder,
    data,
    database,
    tamper(sql) {
      const connection = new DatabaseSync(database, { enableForeignKeyConstraints: false, defensive: false });
      connection.function("chassis_form", () => 1);
      connection.exec(`PRAGMA ignore_check_constraints = ON; ${sql}`);
      connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      connection.close();
    },
    examine: (...options) => folder.run("doctor", folder.path, ...options),
  };
}

function pageOf(database: string, name: string): { readonly root: number; readonly size: number } {
  const connection = new DatabaseSync(database, { readOnly: true });
  const { rootpage } = connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name) as { rootpage: number };
  const { page_size: size } = connection.prepare("PRAGMA page_size").get() as { page_size: number };
  connection.close();
  return { root: rootpage, size };
}

/** Changes bytes in the middle of a file. */
function flip(file: string, at: number, length = 1): void {
  const bytes = readFileSync(file);
  for (let index = at; index < at + length; index++) bytes[index] = (bytes[index] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
}

const fingerprint = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => !name.includes("-lock") && !name.endsWith("-shm"))
    .sort()
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex")}`,
    );

describe("doctor", () => {
  test("finds a good database good, and changes nothing of it", async (t) => {
    const { examine, data } = await createBoard(t);
    const before = fingerprint(data);
    const { code, output, errors } = await examine();
    assert.equal(errors, "");
    assert.equal(code, 0, output);
    assert.match(output, /Every page, index and constraint is sound/);
    assert.match(output, /Every value is what the definition takes/);
    assert.match(output, /Full-text search knows every row and its words/);
    assert.match(output, /exactly the tables of the definition/);
    assert.match(output, /No problem, 4 pieces of advice\.\n$/);
    assert.deepEqual(fingerprint(data), before);
    assert.ok(!existsSync(join(data, "chassis.db-shm")));
    const quick = await examine("--quick");
    assert.equal(quick.code, 0);
    assert.match(quick.output, /quick_check/);
    assert.doesNotMatch(quick.output, /Every value/);
  });

  test("works beside a server, which notices nothing", async (t) => {
    const { path, data, examine } = await createBoard(t, 10);
    const server = spawnProgram(t, ["start", path, "--port", "0"]);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    const write = async (name: string): Promise<number> =>
      (
        await fetch(`${url}/rest/v1/users`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ name }),
        })
      ).status;
    assert.equal(await write("Ada"), 201);
    const before = fingerprint(data);
    const { code, output } = await examine();
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`beside the server \\(process ${server.process.pid}, ${url}\\)`));
    assert.deepEqual(fingerprint(data), before);
    assert.equal(await write("Grace"), 201);
    assert.equal((await examine("--quick")).code, 0);
    server.process.kill("SIGKILL");
    await server.ended();
    // What was acknowledged is in the log alone; looking at it must leave it there.
    const after = fingerprint(data);
    assert.equal((await examine()).code, 0);
    assert.deepEqual(fingerprint(data), after);
  });

  test("says loudly what is damaged, and what to do", async (t) => {
    const scenarios: readonly (readonly [name: string, damage: (board: Board) => void, said: readonly RegExp[]])[] = [
      [
        "a page of a table",
        ({ database }) => {
          const { root, size } = pageOf(database, "notes");
          flip(database, (root - 1) * size, 16);
        },
        [/SQLite finds damage in the table 'notes': /, /restore the last good backup/i],
      ],
      [
        "an index",
        ({ tamper }) => {
          // While the index is out of sight, a row goes that it then still has.
          tamper(
            "CREATE TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = 'notes_stars_idx'; PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'notes_stars_idx'",
          );
          tamper(
            "DELETE FROM notes WHERE title = 'note 7'; PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM hidden",
          );
          tamper("DROP TABLE hidden");
        },
        [/The index "notes_stars_idx" does not agree with the table/, /REINDEX "notes_stars_idx"/],
      ],
      ["the first page", ({ database }) => flip(database, 0, 16), [/is no SQLite database/]],
      [
        "the end of the file",
        ({ database }) => truncateSync(database, readFileSync(database).length - 4096),
        [/is cut short: it should have \d+ pages, and 4096 bytes/],
      ],
      [
        "a value",
        ({ tamper }) => tamper("UPDATE notes SET stars = 99 WHERE title IN ('note 1', 'note 2')"),
        [/2 rows break notes\.stars \(max\): [0-9a-f-]{36}, [0-9a-f-]{36}\./],
      ],
      [
        "a reference",
        ({ tamper }) => tamper("UPDATE notes SET team = '01890000-0000-7000-8000-00000000dead' WHERE title = 'note 1'"),
        [/1 row of 'notes' refer to rows of 'teams' that are not there/],
      ],
      [
        "the search index",
        ({ tamper }) => tamper("INSERT INTO notes_search(notes_search, rowid, title) VALUES ('delete', 5, 'note 4')"),
        [/search index of 'notes' lacks 1 rows/, /'rebuild'/],
      ],
      [
        "words of the search index",
        ({ tamper }) =>
          tamper(
            "INSERT INTO notes_search(notes_search, rowid, title) VALUES ('delete', 5, 'note 4'); INSERT INTO notes_search(rowid, title) VALUES (5, 'other 4')",
          ),
        [/knows other words than its rows have, in 2 places/],
      ],
      [
        "the tables",
        ({ tamper }) => tamper("DROP INDEX notes_title_stars_idx"),
        [/differs from the definition: table 'notes': index 'notes_title_stars_idx' is missing/, /chassis migrate/],
      ],
      [
        "the clock",
        ({ tamper }) => tamper("UPDATE notes SET updated = '2099-01-01T00:00:00.000Z' WHERE title = 'note 299'"),
        [/newest row of 'notes' is of 2099/],
      ],
      ["the folder", ({ data }) => chmodSync(data, 0o755), [/Other users of this machine may look into/, /chmod 700/]],
    ];
    for (const [name, damage, said] of scenarios) {
      const created = await createBoard(t);
      damage(created);
      const { code, output, errors } = await created.examine();
      assert.equal(code, 1, `${name}: ${output}${errors}`);
      for (const words of said) assert.match(output, words, name);
    }
  });

  test("finds a log that is torn, cut short or damaged", async (t) => {
    const scenarios: readonly (readonly [name: string, damage: (log: string) => void, code: number, said: RegExp])[] = [
      ["whole", () => {}, 0, /its write-ahead log are whole/],
      [
        "a page in the middle",
        (log) => flip(log, 32 + 24 + 100),
        1,
        /damaged at frame 1: the \d+ transactions that end there or behind it are ignored/,
      ],
      ["the salt of a frame", (log) => flip(log, 32 + 8), 1, /damaged at frame 1: the \d+ transactions/],
      [
        "the last page",
        (log) => flip(log, readFileSync(log).length - 10),
        1,
        /the transaction that ends there or behind it is ignored/,
      ],
      ["its header", (log) => flip(log, 16), 1, /The header of the write-ahead log .* is damaged/],
      ["its end", (log) => truncateSync(log, readFileSync(log).length - 4100), 1, /is ignored/],
      ["half of the last frame", (log) => truncateSync(log, readFileSync(log).length - 100), 1, /is ignored/],
      ["nothing but a header", (log) => truncateSync(log, 32), 0, /whole/],
    ];
    for (const [name, damage, expected, said] of scenarios) {
      const { database, data, examine } = await createBoard(t, 5);
      const copy = join(data, "..", "copy");
      mkdirSync(copy);
      const connection = new DatabaseSync(database);
      connection.function("chassis_form", () => 1);
      connection.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
      for (let index = 0; index < 5; index++) connection.exec(`UPDATE notes SET stars = ${index} WHERE title = 'note ${index}'`);
      for (const end of ["", "-wal"]) copyFileSync(`${database}${end}`, join(copy, `chassis.db${end}`));
      connection.close();
      for (const end of ["", "-wal"]) copyFileSync(join(copy, `chassis.db${end}`), `${database}${end}`);
      damage(`${database}-wal`);
      const { code, output } = await examine("--quick");
      assert.match(output, said, name);
      assert.equal(code, expected, `${name}: ${output}`);
    }
  });

  test("advises indexes that rules ask for, as the line to write, and against those of no use", async (t) => {
    const { examine } = await createBoard(t, 3);
    const { output } = await examine("--quick");
    assert.match(output, /The rule notes: read looks for rows of 'notes' by owner, without an index/);
    assert.match(output, /In the schema: notes: \{ owner: text\(\)\.optional\(\)\.index\(\) \}/);
    assert.match(output, /In the schema: members: table\(\{ \.\.\. \}, \{ indexes: \[\["team","reader"\]\] \}\)/);
    // Either of two things: one of them must be looked for in every row anyway.
    assert.doesNotMatch(output, /notes: update/);
    assert.match(output, /The index notes \(title, stars\) is of no use beside \(title, stars, open\)/);
    assert.match(output, /Take \["title","stars"\] out of the indexes of 'notes'/);
  });

  test("knows whether there is a backup, and how old it is", async (t) => {
    const { path, run } = await createBoard(t, 3);
    const to = join(path, "backups");
    const examine = async (): Promise<{ text: string; code: number | null }> => {
      const child = spawnProgram(t, ["doctor", path, "--quick"], { CHASSIS_BACKUP_TO: to });
      return { code: await child.ended(), text: child.text() };
    };
    assert.match((await run("doctor", path, "--quick")).output, /CHASSIS_BACKUP_TO is not set, so no backups are made/);
    const none = await examine();
    assert.match(none.text, /There is no backup in /);
    assert.equal(none.code, 1);
    const made = spawnProgram(t, ["backup", path], { CHASSIS_BACKUP_TO: to });
    assert.equal(await made.ended(), 0, made.text());
    const some = await examine();
    assert.match(some.text, /The newest of 1 backup in .* is .*\./);
    assert.equal(some.code, 0);
    const name = readdirSync(to).find((each) => each.endsWith(".chassis-backup")) ?? "";
    renameSync(join(to, name), join(to, name.replace(/^\d{4}/, "2020")));
    assert.match((await examine()).text, /old, and one is due every 1440 minutes/);
  });

  test("prints JSON for programs", async (t) => {
    const { examine, database } = await createBoard(t, 3);
    const { code, output } = await examine("--json");
    assert.equal(code, 0);
    const report = JSON.parse(output) as { database: string; server: null; findings: { check: string; level: string }[] };
    assert.equal(report.database, database);
    assert.equal(report.server, null);
    assert.deepEqual([...new Set(report.findings.map(({ level }) => level))].sort(), ["advice", "ok"]);
  });

  test("says what is mistyped", async (t) => {
    const folder = await backendFolder(t, board);
    const scenarios: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
      [["doctr"], 2, /There is no command 'doctr'; did you mean 'doctor'/],
      [["doctor", "nowhere"], 1, /There is no .*nowhere/],
      [["doctor", folder.path, "--quik"], 2, /has no option '--quik'; did you mean '--quick'/],
      [["doctor", folder.path, folder.path], 2, /is too many: npx chassis/],
      [["doctor", folder.path, "-b", "other"], 2, /Two back ends are given/],
    ];
    for (const [args, expected, message] of scenarios) {
      const { code, output, errors } = await folder.run(...args);
      assert.match(errors, message);
      assert.equal(code, expected, args.join(" "));
      assert.equal(output, "");
    }
  });
});

test("a server says at its start that its log is damaged, and while it runs that a page is", async (t) => {
  const { path, database, data, write, run } = await createBoard(t, 5);
  const users = Array.from({ length: 2000 }, (_, index) => JSON.stringify({ name: `user ${index}${"x".repeat(100)}` }));
  assert.equal((await run("import", "users", await write("users.ndjson", users.join("\n")), path)).code, 0);
  const connection = new DatabaseSync(database, { defensive: false });
  connection.function("chassis_form", () => 1);
  connection.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  for (let index = 0; index < 3; index++)
    connection.exec(`UPDATE teams SET name = '${index}'; UPDATE notes SET stars = 1 WHERE title = 'note ${index}'`);
  const copy = join(data, "..", "copy");
  mkdirSync(copy);
  for (const end of ["", "-wal"]) copyFileSync(`${database}${end}`, join(copy, `chassis.db${end}`));
  connection.close();
  for (const end of ["", "-wal"]) copyFileSync(join(copy, `chassis.db${end}`), `${database}${end}`);
  flip(`${database}-wal`, 32 + 24 + 100);
  // A page of rows in the middle: the start reads none of them.
  const { size } = pageOf(join(copy, "chassis.db"), "notes");
  const bytes = readFileSync(database);
  const row = bytes.indexOf("user 1000xxx");
  assert.notEqual(row, -1);
  flip(database, Math.floor(row / size) * size, 8);

  const server = spawnProgram(t, ["start", path, "--port", "0"]);
  await server.written(/"level":"error"[^\n]*is damaged at frame 1/);
  const [, url] = await server.written(/"url":"([^"]+)"/);
  assert.equal((await fetch(`${url}/rest/v1/users?limit=1`)).status, 200);
  const broken = await fetch(`${url}/rest/v1/users?name=like.*1999x*`);
  assert.equal(broken.status, 500);
  assert.deepEqual(await broken.json(), {
    code: "XX001",
    message: "The database is damaged: whoever runs this server must look at it.",
    details: null,
    hint: null,
  });
  await server.written(/"level":"error"[^\n]*SQLite met damage in the database[^\n]*chassis doctor/);
});
