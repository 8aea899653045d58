import type { FieldProblem, Stored } from "#contract";
import { type Column, constant, expressions, identifier, join, sql, type Table } from "#database";
import { type DefaultSource, defaultOf, type GivenRow, type InputOptions, readValue, refusal, writableColumn } from "../input.ts";
import type { InputRow, ValueForm } from "../query.ts";
import type { Session } from "../session.ts";
import { type NewRowRule, planNewRowRule, type RowValues } from "./new-row-rule.ts";

/** What is known of inserts into one table for one kind of caller before any row is seen: made once. */
export interface InsertPlan {
  readonly table: Table;
  /** Those that are stored, in the order of their definition. A row is a list of values in this order. */
  readonly columns: readonly Column[];
  readonly places: ReadonlyMap<Column, number>;
  /** A row of which nothing is given. */
  readonly blank: RowValues;
  /** By the names that rows have given so far. */
  readonly inputs: Map<string, PlannedInput>;
  readonly rule: NewRowRule;
  /** The rule for giving a column a value, by its place; undefined where the table's own rule decides. */
  readonly fieldRules: readonly (NewRowRule | undefined)[];
  /** The INSERT for each set of columns that have a value. */
  readonly statements: Map<string, string>;
}

interface PlannedInput {
  readonly column: Column;
  readonly place: number;
  readonly refused: string | undefined;
}

export function planInsert(session: Session, table: Table): InsertPlan {
  const { services, view, variant } = session;
  const cacheKey = `insert ${variant} ${JSON.stringify(table.name)}`;
  const known = services.cache.get<InsertPlan>(cacheKey);
  if (known !== undefined) return known;
  const columns = [...table.columns.values()].filter(({ computed }) => computed === undefined);
  const plan: InsertPlan = {
    table,
    columns,
    places: new Map(columns.map((column, place) => [column, place])),
    blank: columns.map(() => undefined),
    inputs: new Map(),
    rule: planNewRowRule(session, table, columns, view.writeRule(table, "create").expression),
    fieldRules: columns.map((column) => {
      const own = view.fieldWriteRule(column, "create");
      return own === undefined || expressions.isConstantTruth(own.expression, true)
        ? undefined
        : planNewRowRule(session, table, columns, own.expression);
    }),
    statements: new Map(),
  };
  services.cache.set(cacheKey, plan);
  return plan;
}

export interface RowReading {
  readonly options: InputOptions;
  readonly form: ValueForm;
  /** Only these keys are taken; undefined takes all. */
  readonly names: readonly string[] | undefined;
}

/** Reads one row as the caller wrote it: see `readInput`, of which this is the form for many rows. */
export function readRowValues(
  plan: InsertPlan,
  row: InputRow,
  { options, form, names }: RowReading,
  problems: FieldProblem[],
  prefix: string,
): (Stored | undefined)[] {
  const values: (Stored | undefined)[] = [...plan.blank];
  for (const name of names ?? Object.keys(row)) {
    const input = plan.inputs.get(name) ?? planInput(plan, options, name);
    if (names !== undefined && !Object.hasOwn(row, name)) continue;
    const value = row[name];
    if (input.refused !== undefined) problems.push({ field: prefix + name, message: input.refused });
    else if (value === null || value === undefined) {
      if (input.column.nullable) values[input.place] = null;
      else problems.push({ field: prefix + name, message: "is required and cannot be null" });
    } else {
      const stored = readValue(input.column, value, { form, secrets: options.secrets });
      if (stored.ok) values[input.place] = stored.value;
      else problems.push({ field: prefix + name, message: stored.message });
    }
  }
  return values;
}

/** Throws for a name that is no column, or none that the caller may know of: so only columns are ever remembered. */
function planInput(plan: InsertPlan, options: InputOptions, name: string): PlannedInput {
  const column = writableColumn(options, name);
  const place = plan.places.get(column) ?? -1;
  const input = { column, place, refused: refusal(options, column) };
  plan.inputs.set(name, input);
  return input;
}

/** What a new row holds: what was given, and the defaults of the rest. Says which required columns are missing. */
export function completeValues(
  plan: InsertPlan,
  given: RowValues,
  source: DefaultSource,
  problems: FieldProblem[],
  prefix: string,
): (Stored | undefined)[] {
  const { columns } = plan;
  const values: (Stored | undefined)[] = [...plan.blank];
  for (let place = 0; place < columns.length; place++) {
    const column = columns[place] as Column;
    const value = given[place] === undefined ? defaultOf(column, source) : given[place];
    if (value === null && !column.nullable) {
      problems.push({ field: prefix + column.name, message: "is required" });
      values[place] = undefined;
    } else values[place] = value;
  }
  return values;
}

export function valuesOf(plan: InsertPlan, row: GivenRow): RowValues {
  return plan.columns.map((column) => row.get(column));
}

/** A row that was stored. */
export interface StoredKey {
  /** Its hidden number; null where that was not asked for. */
  readonly key: Stored;
  readonly id: string | number;
}

/** Stores one row. Its number costs a statement more, where the row does not bring it. */
export async function storeValues(
  { connection, services }: Session,
  plan: InsertPlan,
  values: RowValues,
  wantsNumber: boolean,
): Promise<StoredKey> {
  let shape = "";
  const parameters: Stored[] = [];
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    if (value === undefined) shape += `${place},`;
    else parameters.push(value);
  }
  await connection.run(plan.statements.get(shape) ?? planStatement(plan, shape, values), parameters);
  const { table, places } = plan;
  const id = values[places.get(table.key) ?? -1] ?? null;
  const isNumber = table.rowKey === table.key.name;
  if (id !== null && (isNumber || !wantsNumber)) return { key: isNumber ? id : null, id: id as string | number };
  const [number = null] = (await connection.get(services.dialect.lastRowNumber, [])) ?? [];
  return { key: number, id: (id ?? number) as string | number };
}

/** `shape` tells which columns are left to the database: those that it fills, which are one or none. */
function planStatement(plan: InsertPlan, shape: string, values: RowValues): string {
  const { table } = plan;
  const columns = plan.columns.filter((_, place) => values[place] !== undefined);
  const names = join(
    columns.map((column) => identifier(column.name)),
    ", ",
  );
  const marks = join(
    columns.map(() => constant(null)),
    ", ",
  );
  const { text } = sql`INSERT INTO ${identifier(table.name)} (${names}) VALUES (${marks})`;
  plan.statements.set(shape, text);
  return text;
}

/** A null in a column that other rows of a list give: PostgREST's way with rows that differ. */
export function fillMissing(
  plan: InsertPlan,
  values: (Stored | undefined)[],
  givenSomewhere: readonly boolean[],
  problems: FieldProblem[],
  prefix: string,
): void {
  for (let place = 0; place < values.length; place++) {
    if (givenSomewhere[place] !== true || (values[place] !== undefined && values[place] !== null)) continue;
    const column = plan.columns[place] as Column;
    values[place] = null;
    if (column.nullable) continue;
    problems.push({
      field: `${prefix}${column.name}`,
      message: "is required, since other rows of the list give it (Prefer: missing=default takes the default)",
    });
  }
}
