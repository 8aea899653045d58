import assert from "node:assert/strict";
import { copyFile, open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { check, type Verdict } from "./checker.ts";
import { readState } from "./database-state.ts";
import { type Entry, Ledger } from "./ledger.ts";
import { RunScope } from "./scope.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

/** A checker that cannot complain proves nothing: each kind of damage, done to a real database by hand, must be found. */
describe("the checker", () => {
  let path = "";
  let entries: readonly Entry[] = [];

  const scope = new RunScope();
  after(() => scope[Symbol.asyncDispose]());
  before(async () => {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory });
    const load = startLoad(scope, { url: server.url, ledger, name: "c", seed: 1 });
    await load.acknowledged(400);
    await load.stop();
    await server.terminate();
    path = join(dataDirectory, "chassis.db");
    entries = ledger.entries;
  });

  const acknowledged = (type: string): string => {
    const changed = new Set(
      entries.filter(({ operation }) => operation.type === "rewrite" || operation.type === "remove").map(nameOf),
    );
    const entry = entries.find(
      (one) => one.operation.type === type && one.outcome.type === "acknowledged" && !changed.has(nameOf(one)),
    );
    assert.ok(entry !== undefined);
    return nameOf(entry);
  };

  /** The verdict on a copy that was changed in the way given. */
  async function verdictAfter(t: { after(hook: () => Promise<void>): void }, sql: string, ...values: string[]): Promise<Verdict> {
    const copy = join(await temporaryFolder(t), "copy.db");
    await copyFile(path, copy);
    const database = new DatabaseSync(copy, { enableForeignKeyConstraints: false });
    const { changes } = database.prepare(sql).run(...values);
    database.close();
    assert.ok(Number(changes) > 0, sql);
    return check(entries, readState(copy));
  }

  test("has nothing to say of a database to which nothing was done", () => {
    assert.deepEqual(check(entries, readState(path)), { lost: [], half: [], wrong: [] });
    assert.ok(entries.length > 300);
  });

  const losses: readonly [string, string, string][] = [
    ["a note is lost", "DELETE FROM notes WHERE slug = ?", "note"],
    ["a note is as it was before or never was", "UPDATE notes SET body = 'other' WHERE slug = ?", "note"],
    ["a version is counted twice", "UPDATE notes SET version = version + 1 WHERE slug = ?", "note"],
    ["a tick is lost", "DELETE FROM ticks WHERE number = ?", "tick"],
    ["a transfer is lost", "DELETE FROM transfers WHERE number = ?", "transfer"],
    ["an order is lost", "DELETE FROM orders WHERE number = ?", "order"],
  ];
  for (const [name, sql, type] of losses) {
    test(`finds that ${name}`, async (t) => {
      const { lost } = await verdictAfter(t, sql, acknowledged(type));
      assert.equal(lost.length, 1, JSON.stringify(lost));
    });
  }

  const halves: readonly [string, string][] = [
    ["an order lacks a line", "DELETE FROM lines WHERE _key = (SELECT max(_key) FROM lines)"],
    [
      "an order has a line twice",
      'INSERT INTO lines (id, "order", position, amount, created, updated, version) SELECT \'1\' || substr(id, 2), "order", position, amount, created, updated, version FROM lines LIMIT 1',
    ],
    ["money came from nowhere", "UPDATE accounts SET balance = balance + 1 WHERE name = 'a3'"],
    ["a counter runs ahead of its ticks", "UPDATE counters SET value = value + 1 WHERE name = 'c1'"],
    ["a counter changed without a version", "UPDATE counters SET version = version - 1 WHERE name = 'c1'"],
    ["the lines of an order are there without it", "DELETE FROM orders WHERE number = (SELECT min(number) FROM orders)"],
  ];
  for (const [name, sql] of halves) {
    test(`finds that ${name}`, async (t) => {
      const { half } = await verdictAfter(t, sql);
      assert.ok(half.length > 0);
    });
  }

  test("finds a row that is there twice, refused, or from nobody", () => {
    const state = readState(path);
    const [note] = state.notes;
    assert.ok(note !== undefined);
    assert.match(check(entries, { ...state, notes: [...state.notes, note] }).wrong.join(), /there twice/);
    for (const type of ["note", "tick", "order", "transfer"]) {
      const name = acknowledged(type);
      const refused = entries.map(
        (entry): Entry => (nameOf(entry) === name ? { ...entry, outcome: { type: "refused", status: 503, code: "x" } } : entry),
      );
      assert.equal(check(refused, state).wrong.length, 1, type);
      const unheard = entries.filter((entry) => nameOf(entry) !== name);
      assert.match(check(unheard, state).wrong.join(), /^Nobody /, type);
    }
  });

  test("takes what nobody knows the end of as it is, there or not", async (t) => {
    for (const type of ["note", "tick", "order", "transfer"]) {
      const name = acknowledged(type);
      const unknown = entries.map(
        (entry): Entry => (nameOf(entry) === name ? { ...entry, outcome: { type: "unknown", reason: "x" } } : entry),
      );
      assert.deepEqual(check(unknown, readState(path)), { lost: [], half: [], wrong: [] }, type);
    }
    const gone = acknowledged("note");
    const copy = join(await temporaryFolder(t), "copy.db");
    await copyFile(path, copy);
    const database = new DatabaseSync(copy);
    database.prepare("DELETE FROM notes WHERE slug = ?").run(gone);
    database.close();
    const unknown = entries.map(
      (entry): Entry => (nameOf(entry) === gone ? { ...entry, outcome: { type: "unknown", reason: "x" } } : entry),
    );
    assert.deepEqual(check(unknown, readState(copy)), { lost: [], half: [], wrong: [] });
  });

  test("says what SQLite says of a damaged file", async (t) => {
    const copy = join(await temporaryFolder(t), "copy.db");
    await copyFile(path, copy);
    const database = new DatabaseSync(copy, { readOnly: true });
    const page = database.prepare("SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'ticks' LIMIT 1").get();
    database.close();
    const file = await open(copy, "r+");
    // The type of the index's first page.
    await file.write(Buffer.from([0x55]), 0, 1, (Number(page?.["rootpage"]) - 1) * 4096);
    await file.close();
    try {
      assert.notDeepEqual(check(entries, readState(copy)).wrong, []);
    } catch (error) {
      assert.match((error as Error).message, /malformed/);
    }
  });
});

function nameOf({ operation }: Entry): string {
  return "slug" in operation ? operation.slug : operation.number;
}
