import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, mutation, secret, signedIn, table, text } from ${JSON.stringify(library)};

const schema = defineSchema({
  people: table({ name: text(), pin: secret().optional() }, { audit: true }),
  notes: { body: text() },
});
export default defineBackend(schema, {
  rules: {
    people: () => ({ read: everyone, create: signedIn, update: signedIn, delete: signedIn }),
    notes: () => ({ read: everyone, create: everyone }),
  },
  functions: {
    rename: mutation({ access: signedIn }, async ({ db }) => {
      await db.asSystem().sql.updateTable("people").set({ name: "renamed" }).execute();
      return null;
    }),
    fail: mutation({ access: signedIn }, async ({ db }) => {
      await db.people.insert({ name: "never" });
      throw new Error("no");
    }),
  },
});
`;

interface Entry {
  readonly sequence: number;
  readonly author: string | null;
  readonly system: boolean;
  readonly requestId: string | null;
  readonly operation: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

async function entriesOf(folder: BackendFolder, ...options: readonly string[]): Promise<readonly Entry[]> {
  const { output } = await folder.run("audit", "list", "--json", ...options, "-b", folder.path);
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);
}

/** Changes the log as somebody would who has the file and wants to hide something. */
function tamper(folder: BackendFolder, statement: string): void {
  const database = new DatabaseSync(`${folder.path}/.data/chassis.db`);
  const triggers = database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '_chassis_audit'")
    .all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  database.exec(statement);
  for (const { sql } of triggers) database.exec(String(sql));
  database.close();
}

describe("audit", () => {
  test("says who did what by which request, beside the running server, and that nothing was changed since", async (t) => {
    const folder = await backendFolder(t, backend);
    const server = spawnProgram(t, ["start", folder.path], { PORT: "0" });
    const [, url] = await server.written(/"url":"([^"]+)"/);
    const token = (await folder.run("token", "create", folder.path, "--user", "anna")).output.trim();
    const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      return fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    };
    const inserted = await send("POST", "/rest/v1/people", [{ name: "A\u001b[31m", pin: "1234" }]);
    assert.equal(inserted.status, 201);
    assert.equal((await send("POST", "/rest/v1/notes", { body: "not audited" })).status, 201);
    const renamed = await send("POST", "/rest/v1/rpc/rename");
    assert.equal(renamed.status, 200);
    assert.equal((await send("POST", "/rest/v1/rpc/fail")).status, 500);
    const deleted = await send("DELETE", "/rest/v1/people?name=eq.renamed");
    assert.equal(deleted.status, 204);

    const entries = await entriesOf(folder);
    assert.deepEqual(
      entries.map(({ sequence, author, system, requestId, operation }) => ({ sequence, author, system, requestId, operation })),
      [inserted, renamed, deleted].map((response, index) => ({
        sequence: index + 1,
        author: "anna",
        system: false,
        requestId: response.headers.get("x-request-id"),
        operation: ["insert", "update", "delete"][index],
      })),
    );
    assert.deepEqual(entries[1]?.changes["name"], { before: "A\u001b[31m", after: "renamed" });
    assert.deepEqual(entries[0]?.changes["pin"], { secret: true });

    const listed = await folder.run("audit", folder.path);
    assert.match(
      listed.output,
      /^1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}anna {2}insert people [0-9a-f-]{36} {2}name "A\\u001b\[31m", pin \(secret\)\n2 /,
    );
    assert.equal(listed.errors, "");
    const verified = await folder.run("audit", "verify", folder.path);
    const head = /^The audit log is whole: 3 entries\.\nHead: (3:[0-9a-f]{64})\n$/.exec(verified.output)?.[1] ?? "";
    assert.equal(verified.code, 0);
    assert.match(verified.errors, /Keep the head/);
    server.process.kill("SIGTERM");
    assert.equal(await server.ended(), 0);
    assert.ok(server.text().includes(head), "the server's own log has the head");
    const again = await folder.run("audit", "verify", "--head", head, folder.path);
    assert.match(again.output, /Entry 3 is the one that was noted\.\n$/);
    assert.equal(again.code, 0);

    tamper(folder, "DELETE FROM _chassis_audit WHERE sequence = 3");
    assert.equal((await folder.run("audit", "verify", folder.path)).code, 0);
    const cut = await folder.run("audit", "verify", folder.path, "--head", head);
    assert.equal(
      cut.output,
      "The audit log is not whole. The log ends with entry 2, and entry 3 was noted: its end is missing.\nWhole up to entry 2.\n",
    );
    assert.equal(cut.code, 1);
    tamper(folder, "UPDATE _chassis_audit SET author = 'bob' WHERE sequence = 1");
    const changed = await folder.run("audit", "verify", folder.path, "--json");
    assert.deepEqual(JSON.parse(changed.output), {
      whole: false,
      entries: 0,
      head: null,
      problem: "Entry 1 was changed after it was written.",
    });
    assert.equal(changed.code, 1);
  });

  test("lists what is asked for, says what is not there, and refuses what it does not understand", async (t) => {
    const folder = await backendFolder(t, backend);
    const none = await folder.run("audit", "list", folder.path);
    assert.match(none.errors, /There is no database in .*\.data yet/);
    assert.equal(none.code, 1);
    const file = await folder.write(
      "people.csv",
      `name\n${Array.from({ length: 120 }, (_, index) => `person ${index}`).join("\n")}\n`,
    );
    await folder.run("import", "people", file, "-b", folder.path);
    assert.equal((await entriesOf(folder)).length, 100);
    assert.deepEqual(
      (await entriesOf(folder, "--limit", "2", "--system")).map(({ sequence, system }) => [sequence, system]),
      [
        [119, true],
        [120, true],
      ],
    );
    assert.equal((await entriesOf(folder, "--since", "1h", "--table", "people", "--limit", "500")).length, 120);
    const cases: readonly (readonly [args: readonly string[], code: number, errors: RegExp])[] = [
      [["--limit", "2"], 0, /^There are more before these: --limit 20 shows them\.\n$/],
      [["--table", "peple"], 1, /^There is no table 'peple', and nothing of one in the audit log; did you mean 'people'\?\n$/],
      [["--table", "notes"], 0, /^The table 'notes' is not audited: give it \{ audit: true \}\.\n$/],
      [["--table", "people", "--row", "x"], 0, /^There is no such entry in the audit log\.\n$/],
      [["--actor", "anna"], 0, /^There is no such entry/],
      [["--row", "x"], 2, /^--row is a row of a table: say which with --table\.\n/],
      [["--actor", "x", "--system"], 2, /^Give --actor or --system/],
      [["--since", "yesterday"], 2, /^--since must be a day such as/],
      [["--since", "2026-02-30"], 2, /^--since must be/],
      [["--limit", "0"], 2, /^--limit must be a whole number from 1/],
      [["--limt", "1"], 2, /has no option '--limt'; did you mean '--limit'[\s\S]*chassis audit list --help` tells more/],
    ];
    for (const [args, code, errors] of cases) {
      const result = await folder.run("audit", "list", ...args, "-b", folder.path);
      assert.match(result.errors, errors, args.join(" "));
      assert.equal(result.code, code, args.join(" "));
    }
    for (const [args, code, errors] of [
      [["audit", "verfy"], 2, /There is no command '[a-z ]*verfy'; did you mean '[a-z ]*verify'/],
      [["audit", "verify", folder.path, "--head", "3"], 2, /^--head must be as 'npx chassis audit verify /],
      [["audit", "verify", `${folder.path}/nowhere`], 1, /There is no .*nowhere/],
    ] as const) {
      const result = await folder.run(...args);
      assert.match(result.errors, errors);
      assert.equal(result.code, code);
    }
  });

  test("the script of the reference page comes to the same verdict", async (t) => {
    const folder = await backendFolder(t, backend);
    const page = readFileSync(new URL("../../docs/reference/audit.md", import.meta.url), "utf8");
    const script = await folder.write("check.js", /```js.*\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
    const names = ["Anna", 'quo"te', "ünï\u2028code 🚲", "\\x00"];
    const file = await folder.write("people.ndjson", names.map((name) => JSON.stringify({ name, pin: "1" })).join("\n"));
    await folder.run("import", "people", file, "-b", folder.path);
    const { output } = await folder.run("audit", "list", "--json", folder.path);
    const check = async (log: string): Promise<number | null> => {
      await folder.write("audit.ndjson", log);
      return spawnSync(process.execPath, [script], { cwd: folder.path }).status;
    };
    assert.equal(output.split("\n").length, names.length + 1);
    assert.equal(await check(output), 0);
    assert.equal(await check(output.replace("Anna", "Hanna")), 1);
    assert.equal(await check(output.slice(output.indexOf("\n") + 1)), 1);
  });
});
