import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after as cleanUp, test } from "node:test";
import { fileURLToPath } from "node:url";
import { differences } from "../sqlite/definition/inspect.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { applyMigration, rollbackMigration } from "./apply/apply-migration.ts";
import { openWith } from "./migration-fixtures.ts";
import { planMigration } from "./plan/plan-migration.ts";
import { after, answers, before, contentsAfter, contentsBefore, fill, wholeMigration } from "./whole-scenario.ts";

const folder = mkdtempSync(join(tmpdir(), "chassis-killed-"));
cleanUp(() => rmSync(folder, { recursive: true, force: true }));
const program = fileURLToPath(new URL("./apply/killed-program.ts", import.meta.url));
const [seed, migrationFile] = [join(folder, "seed.db"), join(folder, "migration.json")];

interface End {
  readonly killed: boolean;
  readonly statements: number;
}

function run(path: string, direction: "apply" | "rollback", at: number): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, path, migrationFile, direction, String(at)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal === "SIGKILL" || code === 0) resolve({ killed: signal === "SIGKILL", statements: Number(output) });
      else reject(new Error(errors));
    });
  });
}

async function withFile<T>(name: string, work: (database: SqliteDatabase) => Promise<T>): Promise<T> {
  const database = await openSqlite({ path: join(folder, name), readerThreads: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Statements at which it is killed, spread over all of them; never the same ones twice in a row of runs. */
function spread(total: number, count: number): readonly number[] {
  const offset = Math.floor(Math.random() * Math.ceil(total / count));
  return Array.from({ length: count }, (_, index) => 1 + ((offset + Math.floor((index * total) / count)) % total));
}

/** Each run is at other statements; fault 20 of `npm run faults` kills at many more. */
const kills = 4;

test("killed between any two statements, a migration goes on or goes back, and nothing is lost", {
  timeout: 120_000,
}, async (t) => {
  const database = await openWith(before, seed);
  await fill(database, 250);
  const was = await contentsBefore(database);
  const migration = wholeMigration(await planMigration(database, after, answers));
  await database.close();
  writeFileSync(migrationFile, JSON.stringify(migration));

  copyFileSync(seed, join(folder, "whole.db"));
  const { statements } = await run(join(folder, "whole.db"), "apply", 0);
  const is = await withFile("whole.db", contentsAfter);
  const back = await run(join(folder, "whole.db"), "rollback", 0);
  assert.deepEqual(await withFile("whole.db", contentsBefore), was);
  t.diagnostic(`${statements} statements forward, ${back.statements} back`);

  for (const at of spread(statements, kills)) {
    const name = `apply-${at}.db`;
    copyFileSync(seed, join(folder, name));
    const end = await run(join(folder, name), "apply", at);
    assert.equal(end.killed, true, `at ${at}`);
    copyFileSync(join(folder, name), join(folder, `back-${name}`));
    copyFileSync(join(folder, `${name}-wal`), join(folder, `back-${name}-wal`));
    await withFile(name, async (half) => {
      const records = await half.all("SELECT count(*) FROM sqlite_schema WHERE name = '_chassis_migrations'", []);
      // Before its first transaction nothing has begun: then the new version is refused as on any other schema.
      await assert.rejects(prepareDatabase(half, after), records[0]?.[0] === 1 ? /is not finished|differs from/ : /differs from/);
      await applyMigration(half, migration);
      assert.deepEqual(await differences(after, half), [], `killed at ${at}`);
      assert.deepEqual(await contentsAfter(half), is, `killed at ${at}`);
      assert.deepEqual(await half.all("PRAGMA integrity_check", []), [["ok"]]);
    });
    await withFile(`back-${name}`, async (half) => {
      await rollbackMigration(half).catch((error: unknown) => assert.match(String(error), /no migration to roll back/));
      assert.deepEqual(await differences(before, half), [], `killed at ${at}, back`);
      assert.deepEqual(await contentsBefore(half), was, `killed at ${at}, back`);
      assert.equal(await prepareDatabase(half, before), "same");
      assert.deepEqual(await half.all("PRAGMA integrity_check", []), [["ok"]]);
    });
  }

  for (const at of spread(back.statements, kills / 2)) {
    const name = `rollback-${at}.db`;
    copyFileSync(seed, join(folder, name));
    await run(join(folder, name), "apply", 0);
    assert.equal((await run(join(folder, name), "rollback", at)).killed, true);
    await withFile(name, async (half) => {
      await rollbackMigration(half).catch((error: unknown) => assert.match(String(error), /no migration to roll back/));
      assert.deepEqual(await contentsBefore(half), was, `going back, killed at ${at}`);
    });
  }
});
