import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { historyTable } from "../model/history-table.ts";
import type { Model } from "../model/model.ts";
import { definitionOf, kindDifferences, readDatabaseDefinition } from "../sqlite/definition/definition.ts";
import { differences } from "../sqlite/definition/inspect.ts";
import { literal } from "../sqlite/dialect/literals.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import type { SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { applyMigration, rollbackMigration } from "./apply/apply-migration.ts";
import { clock, insert, named, openWith } from "./migration-fixtures.ts";
import type { Answers, Plan } from "./plan/plan.ts";
import { planMigration } from "./plan/plan-migration.ts";
import { rowsFor, schemas, valueOf } from "./property-schemas.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

/** Answers every question that can be answered: nothing is a rename, and what is asked gets some value. */
async function planAll(database: SqliteDatabase, model: Model): Promise<{ readonly plan: Plan; readonly answers: Answers }> {
  let answers: Answers = {};
  let plan = await planMigration(database, model);
  for (let round = 0; round < 5 && (plan.questions.length > 0 || plan.losses.some((loss) => !loss.isAllowed)); round++) {
    const renames: Record<string, string | null> = { ...answers.renames };
    const fill: Record<string, string> = { ...answers.fill };
    const convert: Record<string, string> = { ...answers.convert };
    for (const { type, about, candidates } of plan.questions) {
      const [table = "", column = ""] = about.split(".");
      const kind = model.tables.get(table)?.columns.get(column)?.kind.name;
      if (type === "renameTable" || type === "renameColumn" || type === "show") renames[about] = null;
      else if (type === "convert") convert[about] = candidates[0] ?? (kind === undefined ? "NULL" : literal(valueOf(kind, 1)));
      else if (kind !== undefined) fill[about] = literal(valueOf(kind, 1));
    }
    for (const { id, canBeAllowed } of plan.losses) {
      const match = canBeAllowed ? null : /^break ([a-z]+)_([a-z])_(?:form|min|max|length)$/.exec(id);
      const kind = match === null ? undefined : model.tables.get(match[1] ?? "")?.columns.get(match[2] ?? "")?.kind.name;
      if (match !== null && kind !== undefined) fill[`${match[1]}.${match[2]}`] = literal(valueOf(kind, 1));
    }
    answers = { renames, fill, convert, allow: plan.losses.filter((loss) => loss.canBeAllowed).map((loss) => loss.id) };
    plan = await planMigration(database, model, answers);
  }
  return { plan, answers };
}

/** Every column: rolled back, all values must be what they were. */
function columnsOf(model: Model): ReadonlyMap<string, readonly string[]> {
  return new Map([...model.tables.values()].map((table) => [table.name, [...table.columns.keys()]]));
}

async function read(database: SqliteDatabase, columns: ReadonlyMap<string, readonly string[]>): Promise<unknown> {
  const contents: Record<string, unknown> = {};
  for (const [table, names] of columns) {
    const list = names.map((name) => `"${name}"`).join(", ");
    contents[table] = await database.all(`SELECT ${list} FROM "${table}" ORDER BY id`, []);
  }
  return contents;
}

/** Columns that are the same in both. */
function unchanged(before: Model, after: Model, plan: Plan): ReadonlyMap<string, readonly string[]> {
  const restored = columnsOf(before);
  const converted = new Set(
    plan.steps.flatMap((step) => (step.type === "convertColumn" ? [`${step.table}.${step.column}`] : [])),
  );
  return new Map(
    [...restored]
      .filter(([table]) => after.tables.has(table))
      .map(([table, columns]) => [
        table,
        columns.filter((column) => after.tables.get(table)?.columns.has(column) === true && !converted.has(`${table}.${column}`)),
      ]),
  );
}

const seen = { applied: 0, refused: 0, steps: new Set<string>() };

test("from any schema to any other and back: the tables are those of the definition, and no value is lost", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schemas, schemas, async (before, after) => {
      const database = await openWith(before);
      let story = "";
      try {
        await database.transaction((connection) => connection.run("PRAGMA defer_foreign_keys", []).then(() => undefined));
        await fillRows(database, before);
        const { plan } = await planAll(database, after);
        if (!plan.isReady) {
          assert.ok(
            plan.losses.some((loss) => !loss.canBeAllowed),
            JSON.stringify([plan.questions, plan.losses]),
          );
          seen.refused += 1;
          return;
        }
        seen.applied += 1;
        story = plan.steps.map((step) => JSON.stringify(step)).join("\n");
        for (const step of plan.steps) seen.steps.add(step.type);
        const [same, restored] = [unchanged(before, after, plan), columnsOf(before)];
        const [sameBefore, all] = [await read(database, same), await read(database, restored)];
        const applied = await applyMigration(database, named(plan), { clock });
        assert.deepEqual(await differences(after, database), []);
        assert.deepEqual(kindDifferences(definitionOf(after), await readDatabaseDefinition(database)), []);
        assert.equal(applied.isExpected, true);
        assert.deepEqual(await read(database, same), sameBefore);
        assert.deepEqual(await database.all("PRAGMA integrity_check", []), [["ok"]]);
        assert.deepEqual(await database.all("PRAGMA foreign_key_check", []), []);
        assert.equal(
          await prepareDatabase(database, before).catch(() => "refused"),
          plan.isEmpty ? "same" : plan.compatibility.isCompatible ? "compatible" : "refused",
        );
        await checkSearch(database, after);

        const back = await rollbackMigration(database, { clock });
        assert.deepEqual(await differences(before, database), []);
        assert.equal(back.isExpected, true);
        assert.deepEqual(await read(database, restored), all);
        assert.deepEqual(await database.all("PRAGMA integrity_check", []), [["ok"]]);
        assert.deepEqual(await database.all("PRAGMA foreign_key_check", []), []);
        await checkSearch(database, before);

        assert.equal((await applyMigration(database, named(plan), { clock })).isExpected, true);
        assert.deepEqual(await read(database, same), sameBefore);
      } catch (error) {
        const tables = definitionOf(before).objects.map(({ sql }) => sql);
        const cause = error instanceof Error ? error.message : String(error);
        throw new Error(`${cause}\n\n${tables.join("\n")}\n\n${story}`, { cause: error });
      } finally {
        await database.close();
      }
    }),
    { numRuns: propertyRuns(15, 60) },
  );
  assert.ok(seen.applied > seen.refused, `${seen.applied} applied, ${seen.refused} refused`);
});

async function fillRows(database: SqliteDatabase, model: Model): Promise<void> {
  const rows = rowsFor(model, 7);
  // References last: they may go in circles.
  for (const [table, list] of rows)
    await insert(database, table, ...list.map((row) => ({ ...row, ...("ref" in row ? { ref: null } : {}) })));
  await database.transaction(async (connection) => {
    for (const [table, list] of rows) {
      for (const row of list)
        if (row["ref"] !== undefined)
          await connection.run(`UPDATE "${table}" SET ref = ? WHERE id = ?`, [row["ref"], row["id"] ?? null]);
      if (model.tables.get(table)?.history === undefined) continue;
      const columns = [...(model.tables.get(table)?.columns.keys() ?? [])].map((column) => `"${column}"`).join(", ");
      await connection.run(
        `INSERT INTO "${historyTable(table)}"(${columns}, _from, _until, _operation, _system) SELECT ${columns}, '2026', '2027', 'update', 0 FROM "${table}"`,
        [],
      );
    }
  });
}

/** The index has the words of the rows as they are. */
async function checkSearch(database: SqliteDatabase, model: Model): Promise<void> {
  for (const table of model.tables.values()) {
    if (table.searchColumns.length === 0) continue;
    await database.transaction((connection) =>
      connection.run(`INSERT INTO "${table.name}_search"("${table.name}_search", rank) VALUES ('integrity-check', 1)`, []),
    );
  }
}
