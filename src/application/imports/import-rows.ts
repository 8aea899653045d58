import { AppError } from "#contract";
import { type Column, type Connection, deletedColumn, type Model, quoteName, type Table } from "#database";
import { system } from "../access/caller.ts";
import type { InsertQuery } from "../records/query.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { Records } from "../records/records.ts";
import { describeProblem } from "./describe-problem.ts";
import {
  type ImportOutcome,
  type ImportRow,
  type ImportRules,
  type Refusal,
  refusalsKept,
  type TableTally,
} from "./import-types.ts";

export interface ImportTools {
  readonly records: Pick<RecordStore, "transaction" | "write">;
  readonly model: Model;
  /** Milliseconds that the transaction of `stop`, or of a dry run, may stay open. */
  readonly timeLimit: number;
  readonly signal?: AbortSignal;
  /** Hears how many rows were gone through, after each batch. */
  readonly onProgress?: (rows: number) => void;
}

/** What one statement writes; with `skip`, also what one transaction is. */
const BATCH = 1000;

/**
 * Writes rows as the system, in batches, without ever holding all of them. With `stop` all is one transaction, and the first row that is
 * refused undoes it; with `skip` refused rows are left out, and a thousand are a transaction. Fails of itself (a full disk, its time is
 * over) by throwing.
 */
export async function importRows(rows: AsyncIterable<ImportRow>, rules: ImportRules, tools: ImportTools): Promise<ImportOutcome> {
  const { records, timeLimit, signal } = tools;
  const writer = new ImportWriter(rules, tools);
  const isOne = rules.onError === "stop" || rules.dryRun === true;
  if (!isOne) {
    await writer.writeAll(rows, records);
    return writer.outcome(true);
  }
  try {
    // A trial of `skip` refuses what `skip` itself would.
    const deferReferences = rules.deferReferences === true && rules.onError === "stop";
    await records.transaction(
      async (inside, connection) => {
        await writer.writeAll(rows, inside);
        if (deferReferences) await writer.refuseDangling(connection);
      },
      {
        timeLimit,
        rollback: rules.dryRun === true,
        deferReferences,
        ...(signal === undefined ? {} : { signal }),
      },
    );
    return writer.outcome(rules.dryRun !== true);
  } catch (error) {
    if (error instanceof Stopped) return writer.outcome(false);
    throw error;
  }
}

/** Undoes the transaction, and is heard of nowhere else. */
class Stopped extends Error {}

class ImportWriter {
  readonly #rules: ImportRules;
  readonly #tools: ImportTools;
  readonly #tallies = new Map<string, TableTally>();
  readonly #refusals: Refusal[] = [];
  #seen = 0;

  constructor(rules: ImportRules, tools: ImportTools) {
    this.#rules = rules;
    this.#tools = tools;
  }

  /** The first that is refused ends it all. */
  get #stops(): boolean {
    return this.#rules.onError === "stop" && this.#rules.dryRun !== true;
  }

  get #defers(): boolean {
    return this.#rules.deferReferences === true && this.#rules.onError === "stop";
  }

  /** The tables to rows of which those of this one may refer whatever becomes of them. */
  #deferred(table: string): ReadonlySet<string> {
    const { model } = this.#tools;
    const later = this.#defers ? comingLater(model, table) : new Set<string>();
    return model.organisations?.members === table ? later.union(new Set([model.organisations.table])) : later;
  }

  outcome(kept: boolean): ImportOutcome {
    return { tables: [...this.#tallies.values()], refusals: this.#refusals, kept };
  }

  async writeAll(rows: AsyncIterable<ImportRow>, records: Pick<Records, "write">): Promise<void> {
    let batch: ImportRow[] = [];
    for await (const row of rows) {
      const [first] = batch;
      if (first !== undefined && (first.table !== row.table || first.form !== row.form || first.file !== row.file)) {
        await this.#finish(batch, records);
        batch = [];
      }
      batch.push(row);
      // Where it ends with the first, what is before an unreadable one has its turn first.
      if (batch.length < BATCH && (row.problem === undefined || !this.#stops)) continue;
      await this.#finish(batch, records);
      batch = [];
    }
    await this.#finish(batch, records);
  }

  /** Rows that refer to what is not there, now that all are: only now it can be said. */
  async refuseDangling(connection: Connection): Promise<void> {
    for (const name of this.#tallies.keys()) {
      const table = this.#tools.model.tables.get(name);
      if (table === undefined) continue;
      const found = await connection.all(
        `SELECT c.${quoteName(table.key.name)}, f.parent, k."from", (SELECT count(DISTINCT rowid) FROM pragma_foreign_key_check(?)) FROM pragma_foreign_key_check(?) AS f JOIN pragma_foreign_key_list(?) AS k ON k.id = f.fkid JOIN ${quoteName(name)} AS c ON c.rowid = f.rowid LIMIT ${refusalsKept}`,
        [name, name, name],
      );
      for (const [key, parent, column] of found) {
        const message = `The row ${String(key)} refers by '${String(column)}' to a row of '${String(parent)}' that is not there.`;
        this.#tell({ table: name, message });
      }
      this.#refuseLate(name, Number(found[0]?.[3] ?? 0));
      for (const column of table.columns.values()) await this.#refuseDeleted(connection, table, column);
    }
  }

  /** A foreign key also takes a deleted row that is kept, to which no row may refer that is not deleted itself. */
  async #refuseDeleted(connection: Connection, table: Table, { name, reference }: Column): Promise<void> {
    const target = reference === undefined ? undefined : this.#tools.model.tables.get(reference.table);
    if (target?.softDelete === undefined || isMembership(this.#tools.model, table.name, name)) return;
    const isLive = table.softDelete === undefined ? "" : ` AND c.${quoteName(deletedColumn)} IS NULL`;
    const found = await connection.all(
      `SELECT c.${quoteName(table.key.name)}, count(*) OVER () FROM ${quoteName(table.name)} AS c JOIN ${quoteName(target.name)} AS t ON t.${quoteName(target.key.name)} = c.${quoteName(name)} WHERE t.${quoteName(deletedColumn)} IS NOT NULL${isLive} LIMIT ${refusalsKept}`,
      [],
    );
    for (const [key] of found) {
      const message = `The row ${String(key)} refers by '${name}' to a row of '${target.name}' that is deleted.`;
      this.#tell({ table: table.name, message });
    }
    this.#refuseLate(table.name, Number(found[0]?.[1] ?? 0));
  }

  /** Of rows that were written, and may not stay so: it shows only now. */
  #refuseLate(table: string, count: number): void {
    if (count === 0) return;
    const tally = this.#tally(table);
    tally.written -= Math.min(count, tally.written);
    tally.refused += count;
    if (this.#stops) throw new Stopped();
  }

  /** Writes what is good of a batch, and refuses the rest in the order of the file. */
  async #finish(batch: readonly ImportRow[], records: Pick<Records, "write">): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    this.#tools.signal?.throwIfAborted();
    this.#tally(first.table);
    const good = batch.filter(({ problem }) => problem === undefined);
    const refused = good.length === 0 ? [] : await this.#write(good, records);
    const unreadable = batch.flatMap(({ table, file, line, problem }) =>
      problem === undefined ? [] : [refusal({ table, file, line }, problem)],
    );
    for (const each of [...refused, ...unreadable].sort((left, right) => (left.line ?? 0) - (right.line ?? 0)))
      this.#refuse(each);
    this.#seen += batch.length;
    this.#tools.onProgress?.(this.#seen);
  }

  // The rows to blame are found by halving: a good batch is one statement, one bad row in a thousand costs ten more.
  async #write(batch: readonly ImportRow[], records: Pick<Records, "write">): Promise<readonly Refusal[]> {
    const [first] = batch;
    if (first === undefined) return [];
    try {
      const { affected } = await records.write(this.#query(batch, first), system);
      this.#tally(first.table).written += affected;
      return [];
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      if (batch.length === 1) return [refusal(first, describeProblem(error))];
      const middle = Math.ceil(batch.length / 2);
      const before = await this.#write(batch.slice(0, middle), records);
      // Where it ends with the first, the others do not count.
      if (before.length > 0 && this.#stops) return before;
      return [...before, ...(await this.#write(batch.slice(middle), records))];
    }
  }

  #refuse(refused: Refusal): void {
    this.#tally(refused.table).refused += 1;
    this.#tell(refused);
    if (this.#stops) throw new Stopped();
  }

  #tell(refused: Refusal): void {
    if (this.#refusals.length < refusalsKept) this.#refusals.push(refused);
  }

  #tally(table: string): TableTally {
    let tally = this.#tallies.get(table);
    if (tally === undefined) {
      tally = { table, written: 0, refused: 0 };
      this.#tallies.set(table, tally);
    }
    return tally;
  }

  #query(batch: readonly ImportRow[], { table, form }: ImportRow): InsertQuery {
    const { onConflict, key } = this.#rules;
    return {
      type: "insert",
      table,
      rows: batch.map(({ row }) => row),
      rowForm: form,
      missing: "default",
      values: [],
      form: "json",
      deferReferences: this.#deferred(table),
      ...(onConflict === undefined
        ? {}
        : { onConflict: { resolution: onConflict, ...(key === undefined ? {} : { columns: key }) } }),
    };
  }
}

/** Whether it says of which organisation a membership is: those wait where they are while it is deleted and kept. */
function isMembership({ organisations }: Model, table: string, column: string): boolean {
  return organisations?.members === table && organisations.organisation === column;
}

/** The tables whose rows may come after those of this one that refer to them: itself, and those that it refers to in a circle. */
function comingLater(model: Model, name: string): ReadonlySet<string> {
  const reachable = (from: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
    for (const { reference } of model.tables.get(from)?.columns.values() ?? []) {
      if (reference === undefined || seen.has(reference.table)) continue;
      seen.add(reference.table);
      reachable(reference.table, seen);
    }
    return seen;
  };
  return new Set([...reachable(name)].filter((target) => target === name || reachable(target).has(name)));
}

function refusal(
  { table, file, line }: Pick<ImportRow, "table" | "line"> & { readonly file?: string | undefined },
  message: string,
): Refusal {
  return { table, line, message, ...(file === undefined ? {} : { file }) };
}
