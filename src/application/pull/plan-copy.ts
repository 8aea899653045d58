import { type Clock, didYouMean, type IdSource } from "#base";
import type { Stored } from "#contract";
import { type Column, isManaged, type Model, type SourceDatabase, type Table } from "#database";
import { brokenLimit } from "../records/check-limits.ts";
import { convertValue } from "./convert-value.ts";
import type { Origin, PulledSchema, PulledTable } from "./pulled-schema.ts";
import type { SecretFields } from "../secrets/secret-fields.ts";

/** How the rows of one table get over. */
export interface CopyPlan {
  readonly pulled: PulledTable;
  /** What is read of each row; the first `locator` of them tell which row it is. */
  readonly columns: readonly string[];
  readonly locator: number;
  /** What is written, column by column. */
  readonly targets: readonly Column[];
  readonly values: readonly ValueSource[];
  readonly insert: string;
}

type ValueSource =
  | { readonly type: "column"; readonly index: number; readonly origin: Origin }
  | { readonly type: "uuid" | "now" | "today" | "one" };

interface Surroundings {
  readonly source: SourceDatabase;
}

/** What a column gets that the old table does not have. */
const fresh: Readonly<Record<string, "uuid" | "now" | "today" | "one">> = {
  uuid: "uuid",
  now: "now",
  touch: "now",
  today: "today",
  increment: "one",
};

export function planCopy(pulled: PulledTable, table: Table, { source }: Surroundings): CopyPlan {
  const locator = source.locatorOf(pulled.source);
  const columns = [...locator];
  const targets: Column[] = [];
  const values: ValueSource[] = [];
  for (const column of table.columns.values()) {
    if (column.computed !== undefined) continue;
    const origin = pulled.origins.get(column.name);
    const made = fresh[column.default?.type ?? ""];
    if (origin !== undefined) values.push({ type: "column", index: columns.push(origin.column) - 1, origin });
    else if (made !== undefined) values.push({ type: made });
    else continue;
    targets.push(column);
  }
  const names = targets.map(({ name }) => `"${name}"`).join(", ");
  const insert = `INSERT INTO "${table.name}" (${names}) VALUES (${targets.map(() => "?").join(", ")})`;
  return { pulled, columns, locator: locator.length, targets, values, insert };
}

/** Where a definition that somebody changed and the old database do not meet. */
export interface Unmatched {
  /** Tables and columns that have no place in the definition: they are left out. */
  readonly leftOut: readonly string[];
  /** Fields that every row needs and no column has: no row could be written. */
  readonly missing: readonly string[];
}

export function unmatchedColumns(pulled: PulledSchema, model: Model): Unmatched {
  const leftOut: string[] = [];
  const missing: string[] = [];
  for (const { name, source, origins } of pulled.tables) {
    const table = model.tables.get(name);
    if (table === undefined) {
      leftOut.push(
        `table "${source.name}": there is no table '${name}' in the definition${didYouMean(name, model.tables.keys())}`,
      );
      continue;
    }
    for (const [field, { column }] of origins) {
      if (!table.columns.has(field))
        leftOut.push(`"${source.name}"."${column}": '${name}' has no field '${field}'${didYouMean(field, table.columns.keys())}`);
    }
    for (const column of table.columns.values()) {
      const needs =
        !column.nullable && column.computed === undefined && (column.default === undefined || column.default.type === "actor");
      if (needs && !origins.has(column.name))
        missing.push(`${name}.${column.name}: it is required, and "${source.name}" has nothing for it`);
    }
  }
  return { leftOut, missing };
}

/** What the values of a new row are made with. */
export interface ValueSources {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly secrets: SecretFields | undefined;
}

/** The row's values as the new table stores them, or what is wrong with one of them. */
export function columnValues(plan: CopyPlan, row: readonly Stored[], { clock, ids, secrets }: ValueSources): Stored[] | string {
  const values: Stored[] = [];
  for (const [index, column] of plan.targets.entries()) {
    const from = plan.values[index];
    if (from?.type !== "column") {
      values.push(freshValue(from?.type ?? "now", { clock, ids }));
      continue;
    }
    const raw = row[from.index] ?? null;
    const converted = convertValue(raw, column, from.origin.reading);
    // What is refused is told, but for what nobody may see.
    const given = column.secret || raw instanceof Uint8Array ? "" : `, not ${show(raw)}`;
    if (!converted.ok) return `${column.name} ${converted.message}${given}`;
    const value = converted.value;
    if (value === null && !column.nullable) {
      // Rows from before the field was kept.
      if (!isManaged(column)) return `${column.name} is required, and empty there`;
      values.push(freshValue("now", { clock, ids }));
      continue;
    }
    const broken = value === null ? undefined : brokenLimit(column, value);
    if (broken !== undefined) return `${column.name} ${broken}${given}`;
    values.push(column.secret && typeof value === "string" && secrets !== undefined ? secrets.close(value) : value);
  }
  return values;
}

function freshValue(
  type: "uuid" | "now" | "today" | "one",
  { clock, ids }: { readonly clock: Clock; readonly ids: IdSource },
): Stored {
  if (type === "one") return 1;
  if (type === "uuid") return ids.uuid();
  const now = new Date(clock.now()).toISOString();
  return type === "now" ? now : now.slice(0, 10);
}

function show(raw: Stored): string {
  if (raw instanceof Uint8Array) return `${raw.length} bytes`;
  const text = typeof raw === "string" ? JSON.stringify(raw) : String(raw);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
