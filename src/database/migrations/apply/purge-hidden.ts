import { setImmediate } from "node:timers/promises";
import { type Clock, systemClock } from "#base";
import { type HiddenEntry, hiddenTable, readHidden } from "../../sqlite/definition/hidden.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import { schemaConnection } from "../../sqlite/schema-connection.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite-database.ts";
import { mentions } from "../../sqlite/definition/table-text.ts";
import type { Hidden } from "./apply-types.ts";
import { defaultDaysKept, listHidden } from "../migration-status.ts";
import { MigrationError } from "../errors.ts";
import { readRecords } from "../bookkeeping.ts";
import { rowKeyOf } from "../schema-state.ts";
import { deleteHidden, dropSearchOf, findTable, rewriteTable, withoutConstraints } from "../steps/schema-access.ts";

export interface PurgeOptions {
  readonly clock?: Clock;
  /** What was dropped before so many days is removed. 0: all. Default 30. */
  readonly daysKept?: number;
  readonly signal?: AbortSignal;
  readonly report?: (progress: string) => void;
}

/** Rows up to which a column is taken out of its table in one statement; SQLite rewrites the table for it (0.4 s for a million rows). */
const MAX_REWRITTEN = 200_000;
/** Milliseconds that a batch should hold the writer's turn. */
const BATCH_TIME = 50;

/**
 * Removes for good what migrations have hidden, in short transactions. Rolling those migrations back is impossible afterwards, as far
 * as it would bring this back. Of a column in a large table the values go and an empty column stays, unseen: one byte a row.
 */
export async function purgeHidden(database: SqliteDatabase, options: PurgeOptions = {}): Promise<readonly Hidden[]> {
  const { clock = systemClock, daysKept = defaultDaysKept, report = () => {}, signal } = options;
  const unfinished = (await readRecords(database)).find(({ state }) => state === "applying" || state === "rollingBack");
  if (unfinished !== undefined)
    throw new MigrationError(
      `The migration '${unfinished.id}' is not finished, so nothing is removed. Apply it or roll it back first.`,
    );
  const before = await listHidden(database, daysKept);
  const limit = new Date(clock.now() - daysKept * 86_400_000).toISOString();
  for (const entry of await readHidden(database)) {
    if (entry.since > limit || (entry.migration === "" && entry.definition === "purged")) continue;
    signal?.throwIfAborted();
    report(`removing ${entry.kind === "table" ? entry.table : `${entry.table}.${entry.column}`}`);
    if (entry.kind === "table") await purgeTable(database, entry, signal);
    else await purgeColumn(database, entry, signal);
  }
  const left = new Set((await listHidden(database, daysKept)).map(keyOf));
  return before.filter((entry) => !left.has(keyOf(entry)));
}

function keyOf({ kind, table, column, since }: Hidden): string {
  return `${kind} ${table} ${column ?? ""} ${since}`;
}

async function purgeTable(database: SqliteDatabase, entry: HiddenEntry, signal: AbortSignal | undefined): Promise<void> {
  await database.transaction(
    async (connection) => {
      const state = await findTable(connection, entry.stored);
      await dropSearchOf(schemaConnection(connection), entry.stored);
      for (const trigger of state?.triggers.keys() ?? []) await connection.run(`DROP TRIGGER ${quoteName(trigger)}`, []);
      for (const index of state?.indexes.keys() ?? []) await connection.run(`DROP INDEX ${quoteName(index)}`, []);
    },
    { unrecorded: true },
  );
  const state = await findTable(database, entry.stored);
  if (state !== undefined) {
    const [name, key] = [quoteName(entry.stored), quoteName(rowKeyOf(state.text))];
    await inBatches(database, signal, (size) => ({
      sql: `DELETE FROM ${name} WHERE ${key} IN (SELECT ${key} FROM ${name} ORDER BY ${key} LIMIT ${size})`,
    }));
  }
  await database.transaction(
    async (connection) => {
      await connection.run(`DROP TABLE IF EXISTS ${quoteName(entry.stored)}`, []);
      await deleteHidden(connection, entry);
    },
    { unrecorded: true },
  );
}

async function purgeColumn(database: SqliteDatabase, entry: HiddenEntry, signal: AbortSignal | undefined): Promise<void> {
  const [name, column] = [quoteName(entry.table), quoteName(entry.stored)];
  await database.transaction(
    async (connection) => {
      const state = await findTable(connection, entry.table);
      for (const [index, sql] of state?.indexes ?? [])
        if (mentions(sql, entry.stored)) await connection.run(`DROP INDEX ${quoteName(index)}`, []);
      await rewriteTable(schemaConnection(connection), entry.table, (text) =>
        withoutConstraints(
          text,
          [...text.constraints].filter(([, constraint]) => mentions(constraint, entry.stored)).map(([key]) => key),
        ),
      );
    },
    { unrecorded: true },
  );
  const rows = Number((await database.get(`SELECT count(*) FROM ${name}`, []))?.[0] ?? 0);
  if (rows <= MAX_REWRITTEN) {
    await database.transaction(
      async (connection) => {
        await connection.run(`ALTER TABLE ${name} DROP COLUMN ${column}`, []);
        await deleteHidden(connection, entry);
      },
      { unrecorded: true },
    );
    return;
  }
  const state = await findTable(database, entry.table);
  const key = quoteName(state === undefined ? "rowid" : rowKeyOf(state.text));
  await inBatches(database, signal, (size, after) => ({
    sql: `UPDATE ${name} SET ${column} = NULL WHERE ${key} > ${after} AND ${key} <= (SELECT max(k) FROM (SELECT ${key} AS k FROM ${name} WHERE ${key} > ${after} ORDER BY ${key} LIMIT ${size}))`,
    next: `SELECT max(k) FROM (SELECT ${key} AS k FROM ${name} WHERE ${key} > ${after} ORDER BY ${key} LIMIT ${size})`,
  }));
  await database.transaction((connection) =>
    connection.run(
      `UPDATE ${hiddenTable} SET migration = '', definition = 'purged' WHERE kind = 'column' AND tbl = ? AND stored = ?`,
      [entry.table, entry.stored],
    ),
  );
}

interface Batch {
  readonly sql: string;
  /** The number of the last row of this batch. */
  readonly next?: string;
}

/** Runs batches until one changes nothing. */
async function inBatches(
  database: SqliteDatabase,
  signal: AbortSignal | undefined,
  batch: (size: number, after: string) => Batch,
): Promise<void> {
  let size = 200;
  let after = "-9223372036854775808";
  for (;;) {
    signal?.throwIfAborted();
    const began = performance.now();
    const { sql, next } = batch(size, after);
    const [changes, last] = await database.transaction(async (connection) => {
      const end = next === undefined ? undefined : (await connection.get(next, []))?.[0];
      return [await connection.run(sql, []), end];
    });
    if (changes === 0) return;
    if (last !== undefined && last !== null) after = String(last);
    const factor = Math.min(2, Math.max(0.2, BATCH_TIME / Math.max(performance.now() - began, 0.5)));
    size = Math.min(50_000, Math.max(1, Math.floor(size * factor)));
    await setImmediate();
  }
}
