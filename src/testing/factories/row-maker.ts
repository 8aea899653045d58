import type { Json, Stored } from "#contract";
import { didYouMean } from "#base";
import { ExampleValues } from "#application";
import {
  type Column,
  evaluate,
  type Expression,
  children,
  isManaged,
  type Model,
  nobodyFacts,
  type StoredRow,
  type Table,
} from "#database";
import { columnValue } from "./column-value.ts";
import { CannotMakeError, type ValueSource } from "./value-source.ts";

/** A row as it is given to the server: fields by name. */
export type GivenFields = Readonly<Record<string, unknown>>;

/** Rows that are tried before it is said that none meets the checks. */
const TRIES = 2000;

/** Values for one row of a table: random, and such that every limit and check holds. It knows nothing of other rows. */
export class RowMaker {
  readonly table: Table;
  readonly #source: ValueSource;
  readonly #pools: ReadonlyMap<Expression, ExampleValues>;

  constructor(table: Table, source: ValueSource) {
    this.table = table;
    this.#source = source;
    this.#pools = new Map(table.checks.map(({ expression }) => [expression, new ExampleValues([expression])]));
  }

  /** Fields that somebody may give a new row. */
  get fields(): readonly Column[] {
    return [...this.table.columns.values()].filter((column) => column.computed === undefined && !isManaged(column));
  }

  /** @throws Error where a name is no field of the table. */
  checkNames(given: GivenFields): void {
    const known = this.fields.map(({ name }) => name);
    for (const name of Object.keys(given)) {
      if (known.includes(name)) continue;
      const column = this.table.columns.get(name);
      const why = column === undefined ? `has no field '${name}'${didYouMean(name, known)}` : `sets '${name}' by itself`;
      throw new TypeError(`${this.table.name} ${why}.`);
    }
  }

  /** `given` with the rest. References must be among them, where they are not to be null. */
  complete(given: GivenFields): GivenFields {
    const row: Record<string, unknown> = { ...given };
    for (const column of this.fields)
      if (!Object.hasOwn(row, column.name) && this.#isWanted(column)) row[column.name] = this.#value(column);
    return this.#meetChecks(row, given);
  }

  /** One value, in its JSON form. */
  value(column: Column): Json {
    return this.#value(column);
  }

  #isWanted(column: Column): boolean {
    const { default: fallback, nullable, reference } = column;
    if (column === this.table.key) return column.kind.name === "text";
    if (fallback !== undefined && fallback.type !== "actor") return false;
    if (reference !== undefined) return false;
    return !nullable || this.#source.random.chance(0.5);
  }

  #value(column: Column): Json {
    try {
      return columnValue(column, this.#source);
    } catch (error) {
      if (!(error instanceof CannotMakeError)) throw error;
      const { table, name } = column;
      throw new CannotMakeError(
        `${table}.${name} ${error.message}. Give one: make.${table}({ ${name}: ... }), or a trait that has it.`,
      );
    }
  }

  #meetChecks(row: GivenFields, given: GivenFields): GivenFields {
    const broken = (candidate: GivenFields): readonly Table["checks"][number][] => {
      const stored = this.#stored(candidate);
      return this.table.checks.filter(({ expression }) => !holds(expression, stored, this.#source.now));
    };
    let best = row;
    let left = broken(best);
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === TRIES) throw this.#refusal(left, given);
      const start = attempt % 50 === 49 ? row : best;
      const next = this.#changed(start, given, left);
      const still = broken(next);
      if (still.length <= left.length || attempt % 50 === 49) [best, left] = [next, still];
    }
    return best;
  }

  /** Other values for some of the fields that a check speaks of. */
  #changed(row: GivenFields, given: GivenFields, checks: readonly Table["checks"][number][]): GivenFields {
    const { random } = this.#source;
    const check = random.pick(checks);
    const open = columnsIn(check.expression).filter(
      (column) =>
        !Object.hasOwn(given, column.name) && column.reference === undefined && column !== this.table.key && !isManaged(column),
    );
    const changed: Record<string, unknown> = { ...row };
    for (const column of open)
      if (open.length === 1 || random.chance(0.6)) changed[column.name] = this.#other(column, check.expression, row);
    return changed;
  }

  #other(column: Column, check: Expression, row: GivenFields): unknown {
    const { random } = this.#source;
    if (column.nullable && random.chance(0.15)) return null;
    if (random.chance(0.4)) return this.#value(column);
    const alike = this.fields.filter((other) => other.kind.name === column.kind.name).flatMap((other) => row[other.name] ?? []);
    const pool = (this.#pools.get(check)?.of(column.type, column) ?? []).map((stored) =>
      column.kind.toJson(stored ?? 0, column.options),
    );
    const good = [...pool, ...alike].filter((value) => isGood(column, value));
    return good.length === 0 ? this.#value(column) : random.pick(good);
  }

  /** The row as the database would have it, defaults and all. */
  #stored(row: GivenFields): StoredRow {
    const now = new Date(this.#source.now).toISOString();
    const stored: Record<string, Stored> = {};
    for (const column of this.table.columns.values()) {
      const value = row[column.name];
      if (value !== undefined && value !== null) {
        const parsed = column.kind.fromJson(value, column.options);
        stored[column.name] = parsed.ok ? parsed.value : null;
      } else stored[column.name] = value === null ? null : defaultIn(column, now);
    }
    return stored;
  }

  #refusal(checks: readonly Table["checks"][number][], given: GivenFields): Error {
    const names = checks.map(({ name }) => `'${name}'`).join(" and ");
    const fields = [...new Set(checks.flatMap(({ expression }) => columnsIn(expression).map(({ name }) => name)))];
    const fixed = fields.filter((name) => Object.hasOwn(given, name));
    return new CannotMakeError(
      fixed.length === 0
        ? `No row of ${this.table.name} was found that meets the check ${names}. Give the fields that it speaks of: ${fields.join(", ")}.`
        : `No row of ${this.table.name} with what was given (${fixed.map((name) => `${name}: ${JSON.stringify(given[name])}`).join(", ")}) meets the check ${names}.`,
    );
  }
}

/** What the column holds where nothing is given, as far as that is known beforehand. */
function defaultIn({ default: fallback }: Column, now: string): Stored {
  switch (fallback?.type) {
    case "value":
      return fallback.value;
    case "now":
    case "touch":
      return now;
    case "today":
      return now.slice(0, 10);
    case "increment":
      return 1;
    default:
      return null;
  }
}

function isGood(column: Column, value: unknown): boolean {
  const { kind, options, limits } = column;
  const parsed = kind.fromJson(value, options);
  if (!parsed.ok || parsed.value === null) return false;
  const { min, max, minLength, maxLength, pattern } = limits;
  if ((min !== undefined && min !== null && parsed.value < min) || (max !== undefined && max !== null && parsed.value > max))
    return false;
  const length = typeof value === "string" ? [...value].length : 0;
  if ((minLength !== undefined && length < minLength) || (maxLength !== undefined && length > maxLength)) return false;
  return pattern === undefined || new RegExp(pattern.source, pattern.flags).test(String(value));
}

/** A check that is unknown passes, as in SQL. */
function holds(check: Expression, row: StoredRow, now: number): boolean {
  const truth = evaluate(check, { rows: { row }, actor: nobodyFacts, now: new Date(now).toISOString() });
  return truth === null || Number(truth) === 1;
}

function columnsIn(expression: Expression): readonly Column[] {
  const found = new Set<Column>();
  const visit = (part: Expression): void => {
    if (part.type === "column") {
      found.add(part.column);
      if (part.column.computed !== undefined) visit(part.column.computed);
    }
    for (const inner of children(part)) visit(inner);
  };
  visit(expression);
  return [...found].filter(({ computed }) => computed === undefined);
}

/** By table. */
export function createRowMakers(model: Model, source: ValueSource): ReadonlyMap<string, RowMaker> {
  return new Map([...model.tables.values()].map((table) => [table.name, new RowMaker(table, source)]));
}
