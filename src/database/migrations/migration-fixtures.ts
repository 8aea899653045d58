import type { Clock } from "#base";
import type { Model } from "../model/model.ts";
import { differences } from "../sqlite/definition/inspect.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { applyMigration } from "./apply/apply-migration.ts";
import type { Applied, ApplyOptions } from "./apply/apply-types.ts";
import type { NamedMigration } from "./written/migration.ts";
import type { Answers, Plan } from "./plan/plan.ts";
import { planMigration } from "./plan/plan-migration.ts";

/** For tests: a database of a model, and what leads from one to the next. */
export const clock: Clock = { now: () => Date.UTC(2026, 10, 25), monotonic: () => performance.now() };

export async function openWith(model: Model, path = ":memory:"): Promise<SqliteDatabase> {
  const database = await openSqlite({ path, readerThreads: 1 });
  await prepareDatabase(database, model, clock);
  return database;
}

export function named(plan: Plan, id = "20261125000000_change"): NamedMigration {
  return { id, migration: { name: id.slice(15), from: plan.from, to: plan.to, steps: plan.steps, kinds: plan.kinds } };
}

export interface Migrated {
  readonly plan: Plan;
  readonly applied: Applied;
  readonly differences: readonly string[];
}

export async function migrate(
  database: SqliteDatabase,
  model: Model,
  answers: Answers = {},
  options: ApplyOptions & { readonly id?: string } = {},
): Promise<Migrated> {
  const plan = await planMigration(database, model, answers);
  const { id, ...rest } = options;
  const applied = await applyMigration(database, named(plan, id), { clock, ...rest });
  return { plan, applied, differences: await differences(model, database) };
}

/** Rows inserted column by column. */
export async function insert(
  database: SqliteDatabase,
  table: string,
  ...rows: readonly Readonly<Record<string, string | number | null>>[]
): Promise<void> {
  await database.transaction(async (connection) => {
    for (const row of rows) {
      const columns = Object.keys(row).map((column) => `"${column}"`);
      await connection.run(
        `INSERT INTO "${table}"(${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
        Object.values(row),
      );
    }
  });
}

export function uuid(number: number): string {
  return `0190f3c1-7b2a-7c3d-8e4f-${String(number).padStart(12, "0")}`;
}
