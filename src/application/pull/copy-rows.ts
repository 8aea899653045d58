import type { Clock, IdSource } from "#base";
import type { Stored } from "#contract";
import { type Connection, ConstraintError, type Model, type SourceDatabase, type SqliteDatabase, tableOf } from "#database";
import { copyOrder } from "./copy-order.ts";
import type { Keys } from "../access/keys.ts";
import { secretsOfModel } from "../secrets/model-secrets.ts";
import { columnValues, type CopyPlan, planCopy, type ValueSources } from "./plan-copy.ts";
import type { PulledSchema } from "./pulled-schema.ts";

export interface CopyOptions {
  readonly source: SourceDatabase;
  readonly pulled: PulledSchema;
  /** The definition to be filled: that of the pulled schema, or what somebody made of it. */
  readonly model: Model;
  /** Ready for the model, and empty. */
  readonly database: SqliteDatabase;
  /** Keys that encrypt secret fields. A model that has some is refused without. */
  readonly secretKeys?: Keys;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly signal?: AbortSignal;
  /** Hears how far the work is, now and then. */
  readonly onProgress?: (progress: TableCopy) => void;
  readonly onRefused?: (refusal: RefusedRow) => void;
}

export interface TableCopy {
  /** Its name in the new database. */
  readonly table: string;
  /** Its name in the old one. */
  readonly source: string;
  readonly rows: number;
  readonly written: number;
  readonly refused: number;
}

/** A row that the definition does not take. */
export interface RefusedRow {
  readonly table: string;
  /** Which one, by what it is called in the old database: `CustomerID 17`. */
  readonly row: string;
  readonly reason: string;
}

/** What one transaction writes. */
const BATCH = 1000;

/** What the row refers to is not there, or not yet. */
const WAITS = "waits";

interface Tally {
  written: number;
  refused: number;
}

/** A row that refers to one that is not there yet, by its place in the old database. */
type Waiting = Map<CopyPlan, (readonly Stored[])[]>;

/**
 * Copies the rows of a pulled database, tables that others refer to first; what refers in circles waits until its turn comes. Every
 * row is converted to the kinds of the definition and held to all its checks by the database; one that is refused is told and left out.
 */
export async function copyRows(options: CopyOptions): Promise<readonly TableCopy[]> {
  const { pulled, model } = options;
  const plans = copyOrder(
    pulled.tables.flatMap((table) =>
      model.tables.has(table.name) ? [planCopy(table, tableOf(model, table.name), options)] : [],
    ),
  );
  const copier = new Copier(options);
  for (const plan of plans) await copier.copyTable(plan);
  await copier.refuseWaiting();
  for (const plan of plans) await continueNumbers(options.database, plan);
  return plans.map((plan) => copier.result(plan));
}

class Copier {
  readonly #options: CopyOptions;
  readonly #sources: ValueSources;
  readonly #tallies = new Map<CopyPlan, Tally>();
  #waiting: Waiting = new Map();

  constructor(options: CopyOptions) {
    this.#options = options;
    const { clock, ids, model, secretKeys } = options;
    this.#sources = { clock, ids, secrets: secretsOfModel(model, secretKeys) };
  }

  async copyTable(plan: CopyPlan): Promise<void> {
    const { source } = this.#options;
    let batch: (readonly Stored[])[] = [];
    for (const row of source.rows(plan.pulled.source, plan.columns)) {
      batch.push(row);
      if (batch.length < BATCH) continue;
      await this.#write(plan, batch);
      batch = [];
    }
    await this.#write(plan, batch);
    // At once, so that rows that refer to these find them, and keep their order.
    await this.#settle();
  }

  /** Tries what waits again and again, for as long as some row finds what it refers to. */
  async #settle(): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      const waiting = this.#waiting;
      const count = countOf(waiting);
      if (count === 0 || count >= before) return;
      before = count;
      this.#waiting = new Map();
      // Backwards, so that a chain whose end stands first needs one round and not one for each link.
      for (const [plan, places] of waiting) await this.#retry(plan, places.toReversed());
    }
  }

  /** What still waits when all is copied refers to nothing. */
  async refuseWaiting(): Promise<void> {
    for (const [plan, places] of this.#waiting) for (const place of places) await this.#refuseDangling(plan, place);
  }

  result(plan: CopyPlan): TableCopy {
    const { name, source } = plan.pulled;
    return { table: name, source: source.name, rows: source.rows, ...this.#tally(plan) };
  }

  #tally(plan: CopyPlan): Tally {
    const tally = this.#tallies.get(plan) ?? { written: 0, refused: 0 };
    this.#tallies.set(plan, tally);
    return tally;
  }

  async #write(plan: CopyPlan, rows: readonly (readonly Stored[])[]): Promise<void> {
    if (rows.length === 0) return;
    const { database, signal } = this.#options;
    signal?.throwIfAborted();
    const found = await database.transaction(
      async (connection) => {
        const outcome: { refused: RefusedRow[]; waiting: (readonly Stored[])[]; written: number } = {
          refused: [],
          waiting: [],
          written: 0,
        };
        for (const row of rows) {
          const problem = await this.#insert(plan, row, connection);
          if (problem === undefined) outcome.written++;
          else if (problem === WAITS) outcome.waiting.push(row.slice(0, plan.locator));
          else outcome.refused.push({ table: plan.pulled.source.name, row: placeOf(plan, row), reason: problem });
        }
        return outcome;
      },
      { timeLimit: UNHURRIED, ...(signal === undefined ? {} : { signal }) },
    );
    // Only what is committed counts.
    const tally = this.#tally(plan);
    tally.written += found.written;
    tally.refused += found.refused.length;
    for (const refusal of found.refused) this.#options.onRefused?.(refusal);
    if (found.waiting.length > 0) this.#waiting.set(plan, [...(this.#waiting.get(plan) ?? []), ...found.waiting]);
    this.#options.onProgress?.(this.result(plan));
  }

  /** What is wrong with the row, or `WAITS`; undefined where it is written. */
  async #insert(plan: CopyPlan, row: readonly Stored[], connection: Connection): Promise<string | undefined> {
    const values = columnValues(plan, row, this.#sources);
    if (typeof values === "string") return values;
    try {
      await connection.run(plan.insert, values);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      return error.constraint === "foreignKey" ? WAITS : describeRefusal(error, plan);
    }
  }

  async #retry(plan: CopyPlan, places: readonly (readonly Stored[])[]): Promise<void> {
    const { source } = this.#options;
    for (let start = 0; start < places.length; start += BATCH) {
      const rows = places.slice(start, start + BATCH).flatMap((at) => [...source.rows(plan.pulled.source, plan.columns, { at })]);
      await this.#write(plan, rows);
    }
  }

  async #refuseDangling(plan: CopyPlan, at: readonly Stored[]): Promise<void> {
    const { source, database, onRefused } = this.#options;
    const [row = []] = source.rows(plan.pulled.source, plan.columns, { at });
    this.#tally(plan).refused++;
    const values = columnValues(plan, row, this.#sources);
    const reasons: string[] = [];
    for (const [index, column] of plan.targets.entries()) {
      const value = typeof values === "string" ? null : (values[index] ?? null);
      if (column.reference === undefined || value === null) continue;
      const [found] = await database.all(`SELECT 1 FROM "${column.reference.table}" WHERE id = ?`, [value]);
      if (found === undefined)
        reasons.push(`${column.name} refers to ${String(value)} of ${column.reference.table}, which is not there`);
    }
    onRefused?.({ table: plan.pulled.source.name, row: placeOf(plan, row), reason: reasons.join("; ") });
  }
}

/** Nobody else waits for a database that is only being made: a day, in milliseconds. */
const UNHURRIED = 86_400_000;

function countOf(waiting: Waiting): number {
  return [...waiting.values()].reduce((sum, places) => sum + places.length, 0);
}

function placeOf(plan: CopyPlan, row: readonly Stored[]): string {
  return plan.columns
    .slice(0, plan.locator)
    .map((name, index) => `${name} ${String(row[index])}`)
    .join(", ");
}

function describeRefusal(error: ConstraintError, plan: CopyPlan): string {
  const columns = error.columns.filter((name) => name !== "_key").join(", ");
  if (error.constraint === "unique") return `another row has the same ${columns}`;
  if (error.constraint === "notNull") return `${columns} is required, and empty there`;
  const name = error.constraintName ?? "";
  const column = plan.targets.find((each) =>
    ["form", "min", "max", "length", "pattern"].some((rule) => name === `${each.table}_${each.name}_${rule}`),
  );
  return column === undefined ? `it breaks the check ${name}` : `${column.name} is not what the definition takes (${name})`;
}

/** AUTOINCREMENT goes on where it stood: the number of a row that was deleted long ago is not given out again. */
async function continueNumbers(database: SqliteDatabase, { pulled, targets }: CopyPlan): Promise<void> {
  const { sequence } = pulled.source;
  const key = targets.find(({ name }) => name === "id");
  if (sequence === undefined || key?.kind.name !== "integer") return;
  await database.transaction(async (connection) => {
    const changed = await connection.run("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [sequence, pulled.name]);
    if (changed === 0) await connection.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [pulled.name, sequence]);
  });
}
