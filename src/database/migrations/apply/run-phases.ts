import { setImmediate } from "node:timers/promises";
import type { Connection } from "../../driver.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite-database.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import { type SchemaConnection, schemaConnection } from "../../sqlite/schema-connection.ts";
import type { Position } from "../bookkeeping.ts";
import { MigrationError } from "../errors.ts";
import { rowKeyOf } from "../schema-state.ts";
import type { BatchPhase, Phase, Range, ScanPhase } from "../steps/phase.ts";
import { needTable } from "../steps/schema-access.ts";

export interface RunnerOptions {
  readonly database: SqliteDatabase;
  /** Writes down how far it is, in the transaction that got it there. */
  readonly save: (connection: Connection, position: Position) => Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds that a transaction should hold the writer's turn. */
  readonly batchTime: number;
  readonly onProgress: (position: Position, rows: { readonly done: number; readonly total: number } | undefined) => void;
  readonly onTransaction: (milliseconds: number, step: number) => void;
}

/** A day: nobody waits for the answer of a step, and SQLite's own statements cannot be stopped half-way. */
const TIME_LIMIT = 86_400_000;
/** The rows of a first batch, and the most of any. */
const FIRST_BATCH = 200;
const MAX_BATCH = 50_000;

/** Runs the phases of steps, from a position to the end, each whole or not at all. */
export class PhaseRunner {
  readonly #options: RunnerOptions;
  #position: Position;
  /** Rows that a batch takes, as fast as the machine turned out to be. */
  #batch = FIRST_BATCH;

  constructor(position: Position, options: RunnerOptions) {
    this.#position = position;
    this.#options = options;
  }

  async run(steps: readonly (readonly Phase[])[]): Promise<void> {
    while (this.#position.step < steps.length) {
      this.#options.signal?.throwIfAborted();
      const phase = steps[this.#position.step]?.[this.#position.phase];
      // What is done is written down with what is done next.
      if (phase === undefined) this.#position = nextStep(this.#position);
      else if (phase.type === "once") await this.#runOnce(steps);
      else if (phase.type === "batches") await this.#runBatches(phase);
      else await this.#scan(phase);
    }
  }

  /** As many short phases as fit into one transaction, so that others see less of what is in between. */
  async #runOnce(steps: readonly (readonly Phase[])[]): Promise<void> {
    const { step } = this.#position;
    let position = this.#position;
    await this.#transaction(step, true, async (connection) => {
      const began = performance.now();
      for (;;) {
        const phases = steps[position.step];
        if (phases === undefined) break;
        const phase = phases[position.phase];
        if (phase === undefined) {
          position = nextStep(position);
          continue;
        }
        if (phase.type !== "once" || performance.now() - began > this.#options.batchTime) break;
        const isFirst = position === this.#position;
        if (phase.isAlone === true && !isFirst) break;
        await phase.run(connection);
        position = nextPhase(position);
        if (phase.isAlone === true) break;
      }
      await this.#options.save(connection, position);
    });
    this.#position = position;
    this.#options.onProgress(position, undefined);
  }

  async #runBatches(phase: BatchPhase): Promise<void> {
    const { database, signal, onProgress } = this.#options;
    if (this.#position.cursor === undefined && (await phase.isNeeded?.(database)) === false)
      return this.#advance(nextPhase(this.#position));
    const { text } = await needTable(database, phase.table);
    const [table, key] = [quoteName(phase.table), rowKeyOf(text)];
    const total = Number((await database.get(`SELECT count(*) FROM ${table}`, []))?.[0] ?? 0);
    this.#batch = Math.min(this.#batch, FIRST_BATCH);
    for (;;) {
      signal?.throwIfAborted();
      const { cursor, done, step } = this.#position;
      const after = cursor ?? Number.NEGATIVE_INFINITY;
      const began = performance.now();
      const position = await this.#transaction(step, false, async (connection) => {
        const range = await nextRange(connection, { table, key, after, size: this.#batch });
        if (range === undefined) return undefined;
        await phase.run(connection, range, key);
        const next = { ...this.#position, cursor: range.upTo, done: done + range.rows };
        await this.#options.save(connection, next);
        return next;
      });
      if (position === undefined) return this.#advance(nextPhase(this.#position));
      this.#position = position;
      onProgress(position, { done: Math.min(position.done, total), total: Math.max(total, 1) });
      this.#adapt(performance.now() - began);
      // Requests that came meanwhile are read and answered before the next batch.
      await setImmediate();
    }
  }

  /** Grows carefully, shrinks at once. */
  #adapt(milliseconds: number): void {
    const factor = Math.min(2, Math.max(0.2, this.#options.batchTime / Math.max(milliseconds, 0.5)));
    this.#batch = Math.min(MAX_BATCH, Math.max(1, Math.floor(this.#batch * factor)));
  }

  async #scan(phase: ScanPhase): Promise<void> {
    const { database, signal, onProgress } = this.#options;
    const { text } = await needTable(database, phase.table);
    const [table, key] = [quoteName(phase.table), rowKeyOf(text)];
    let rows = 0;
    let size = FIRST_BATCH * 10;
    let after = Number.NEGATIVE_INFINITY;
    for (;;) {
      signal?.throwIfAborted();
      const began = performance.now();
      const range = await nextRange(database, { table, key, after, size });
      if (range === undefined) break;
      const found = await database.get(
        `SELECT count(*) FROM ${table} WHERE ${quoteName(key)} > ? AND ${quoteName(key)} <= ? AND (${phase.refused})`,
        [range.after, range.upTo],
      );
      rows += Number(found?.[0] ?? 0);
      after = range.upTo;
      // The loop serves others: a portion is as short as theirs.
      const factor = Math.min(2, Math.max(0.2, 10 / Math.max(performance.now() - began, 0.1)));
      size = Math.min(MAX_BATCH, Math.max(100, Math.floor(size * factor)));
      onProgress(this.#position, undefined);
      await setImmediate();
    }
    if (rows === 0) return this.#advance(nextPhase(this.#position));
    const back = { ...this.#position, phase: phase.backTo, cursor: undefined, done: 0 };
    await this.#transaction(this.#position.step, true, async (connection) => {
      await phase.undo(connection);
      await this.#options.save(connection, back);
    });
    throw new MigrationError(phase.message(rows));
  }

  async #advance(position: Position): Promise<void> {
    await this.#transaction(position.step, false, (connection) => this.#options.save(connection, position));
    this.#position = position;
    this.#options.onProgress(position, undefined);
  }

  /** What changes tables themselves cannot be told to the feed; what changes rows is. */
  #transaction<T>(step: number, unrecorded: boolean, work: (connection: SchemaConnection) => Promise<T>): Promise<T> {
    const { database, onTransaction } = this.#options;
    return database.transaction(
      async (connection) => {
        const began = performance.now();
        const result = await work(schemaConnection(connection));
        onTransaction(performance.now() - began, step);
        return result;
      },
      { timeLimit: TIME_LIMIT, unrecorded },
    );
  }
}

function nextStep({ step }: Position): Position {
  return { step: step + 1, phase: 0, cursor: undefined, done: 0 };
}

function nextPhase({ step, phase }: Position): Position {
  return { step, phase: phase + 1, cursor: undefined, done: 0 };
}

interface Portion {
  /** Quoted. */
  readonly table: string;
  readonly key: string;
  readonly after: number;
  readonly size: number;
}

/** The next rows in the order of their numbers. */
async function nextRange(
  connection: Connection,
  { table, key, after, size }: Portion,
): Promise<(Range & { readonly rows: number }) | undefined> {
  const name = quoteName(key);
  const lowest = after === Number.NEGATIVE_INFINITY;
  const row = await connection.get(
    `SELECT max(k), count(*) FROM (SELECT ${name} AS k FROM ${table} ${lowest ? "" : `WHERE ${name} > ?`} ORDER BY ${name} LIMIT ?)`,
    lowest ? [BigInt(size)] : [after, BigInt(size)],
  );
  const upTo = row?.[0];
  if (upTo === null || upTo === undefined) return undefined;
  // Row numbers start anywhere; below the first there is nothing, and a bound that is a number suits every phase.
  return { after: lowest ? -9223372036854775808 : after, upTo: Number(upTo), rows: Number(row?.[1] ?? 0) };
}
