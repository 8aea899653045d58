import { createHash } from "node:crypto";
import { type Clock, systemClock } from "#base";
import type { Connection } from "../../driver.ts";
import { type Definition, fingerprint, readDatabaseDefinition, writeDefinition } from "../../sqlite/definition/definition.ts";
import { inspectEverything } from "../../sqlite/definition/inspect.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite-database.ts";
import type { Applied, ApplyOptions } from "./apply-types.ts";
import {
  createBookkeeping,
  insertRecord,
  type Position,
  readDefinitions,
  readStored,
  start,
  type StoredMigration,
  writeKnownDefinition,
  writePosition,
  writeState,
} from "../bookkeeping.ts";
import { compatibilityOf } from "../plan/compatibility.ts";
import { describeStep } from "../written/describe-step.ts";
import { MigrationError } from "../errors.ts";
import type { Migration, NamedMigration } from "../written/migration.ts";
import { PhaseRunner } from "./run-phases.ts";
import { stateOf } from "../schema-state.ts";
import type { Step } from "../step.ts";
import { abandon, phasesOf } from "../steps/phases.ts";
import { schemaConnection } from "../../sqlite/schema-connection.ts";

/** The same for any two migrations that do the same, however their files are laid out. */
export function migrationChecksum(migration: Migration): string {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        )
      : Array.isArray(value)
        ? value.map(sorted)
        : value;
  return createHash("sha256")
    .update(JSON.stringify(sorted(migration)))
    .digest("hex")
    .slice(0, 16);
}

/**
 * Applies a migration to an open database, beside everybody who uses it, or goes on with it where it stopped. Each transaction is short and
 * whole; killed at any moment, it is gone on with by the same call.
 *
 * @throws MigrationError when it was made for another schema, was applied already or edited since it was begun, when another one is
 * unfinished, or when rows stand in the way: then it stays where it is, to be gone on with or rolled back.
 */
export async function applyMigration(
  database: SqliteDatabase,
  named: NamedMigration,
  options: ApplyOptions = {},
): Promise<Applied> {
  const { id, migration } = named;
  const clock = options.clock ?? systemClock;
  const began = await database.transaction((connection) => begin(connection, named, clock));
  const context = { id, now: timeOf(clock), isUndo: false, fill: options.fill ?? {} };
  const result = await runSteps(database, { id, steps: migration.steps, position: began.position, context, options });
  const isExpected = await database.transaction(async (connection) =>
    finish(connection, {
      id,
      state: "applied",
      kinds: { ...began.kindsBefore, ...migration.kinds },
      expected: migration.to,
      clock,
      count: migration.steps.length,
    }),
  );
  return { id, resumed: began.resumed, isExpected, ...result };
}

interface Begun {
  readonly position: Position;
  readonly resumed: boolean;
  readonly kindsBefore: Definition["kinds"];
}

async function begin(connection: Connection, { id, migration }: NamedMigration, clock: Clock): Promise<Begun> {
  await createBookkeeping(connection);
  const stored = await readStored(connection);
  const checksum = migrationChecksum(migration);
  const unfinished = stored.find(isUnfinished);
  if (unfinished !== undefined) {
    const { record, position } = unfinished;
    if (record.id !== id || record.state !== "applying")
      throw new MigrationError(
        `The migration '${record.id}' is not finished: ${record.state === "applying" ? "apply it or roll it back first" : "its rolling back was interrupted, go on with 'chassis migrate rollback'"}.`,
      );
    if (record.checksum !== checksum)
      throw new MigrationError(
        `The migration '${id}' was changed after it was begun. Put it back as it was, or run 'chassis migrate rollback' and then apply the new one.`,
      );
    return { position, resumed: true, kindsBefore: unfinished.kindsBefore };
  }
  const before = stored.find(({ record }) => record.id === id);
  if (before?.record.state === "applied")
    throw new MigrationError(`The migration '${id}' was applied on ${before.record.finished ?? before.record.started}.`);
  const definition = await readDatabaseDefinition(connection);
  // What the values mean is not noted in older databases: then it is what this migration takes it for.
  const found = fingerprint(definition);
  if (found !== migration.from)
    throw new MigrationError(
      `The migration '${id}' was made for another schema (${migration.from}; the database has ${found}). Apply the ones before it, or make it anew with 'chassis migrate plan'.`,
    );
  await insertRecord(connection, { id, migration, checksum, kindsBefore: definition.kinds, now: timeOf(clock) });
  await writeKnownDefinition(connection, { fingerprint: found, definition, isCompatible: true, breaks: [] });
  return { position: start, resumed: false, kindsBefore: definition.kinds };
}

function isUnfinished({ record }: StoredMigration): boolean {
  return record.state === "applying" || record.state === "rollingBack";
}

/**
 * Rolls the last migration back, or the one that was interrupted: what it hid is there again at once. Needs no file.
 *
 * @throws MigrationError when there is none, when one of its steps cannot be undone, or when rows written since stand in the way.
 */
export async function rollbackMigration(database: SqliteDatabase, options: ApplyOptions = {}): Promise<Applied> {
  const clock = options.clock ?? systemClock;
  const stored = await readStored(database);
  const last = stored.find(isUnfinished) ?? stored.findLast(({ record }) => record.state === "applied");
  if (last === undefined) throw new MigrationError("There is no migration to roll back.");
  const { id } = last.record;
  const resumed = last.record.state === "rollingBack";
  const begun = resumed ? rollingBack(last) : await beginRollback(database, last);
  const context = { id, now: timeOf(clock), isUndo: true, fill: options.fill ?? {} };
  const result = await runSteps(database, { id, steps: begun.steps, position: begun.position, context, options });
  const isExpected = await database.transaction(async (connection) =>
    finish(connection, {
      id,
      state: "rolledBack",
      kinds: last.kindsBefore,
      expected: last.migration.from,
      clock,
      count: begun.steps.length,
    }),
  );
  return { id, resumed, isExpected, ...result };
}

interface Rollback {
  readonly steps: readonly Step[];
  readonly position: Position;
}

/** What undoes the first `count` steps, the last of them first. */
function undoing({ steps }: Migration, count: number): readonly Step[] {
  return steps
    .slice(0, count)
    .toReversed()
    .flatMap((step) =>
      step.type === "sql" ? ((step.down ?? "").trim() === "" ? [] : [{ type: "sql" as const, sql: step.down ?? "" }]) : step.undo,
    );
}

async function beginRollback(database: SqliteDatabase, { record, migration, position }: StoredMigration): Promise<Rollback> {
  const isPartial = record.state === "applying" && position.phase + (position.cursor === undefined ? 0 : 1) > 0;
  const whole = record.state === "applied" ? migration.steps.length : position.step;
  const partial = isPartial ? migration.steps[position.step] : undefined;
  const final = migration.steps.slice(0, whole).find((step) => step.type === "sql" && step.down === undefined);
  if (final !== undefined)
    throw new MigrationError(
      `The migration '${record.id}' has a step of SQL without a 'down', so it cannot be rolled back: ${firstLine(final)}`,
    );
  return database.transaction(async (connection) => {
    const isGone = partial === undefined || (await abandon(schemaConnection(connection), partial, position.phase));
    const count = isGone ? whole : whole + 1;
    const steps = undoing(migration, count);
    await writeState(connection, record.id, {
      state: "rollingBack",
      position: { ...start, undone: count },
      steps: steps.length,
    });
    return { steps, position: { ...start, undone: count } };
  });
}

function rollingBack({ migration, position }: StoredMigration): Rollback {
  return {
    steps: undoing(migration, position.undone ?? migration.steps.length),
    position,
  };
}

function firstLine(step: Step): string {
  return step.type === "sql" ? (step.sql.trim().split("\n")[0] ?? "") : describeStep(step);
}

interface Run {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly position: Position;
  readonly context: Parameters<typeof phasesOf>[1];
  readonly options: ApplyOptions;
}

async function runSteps(database: SqliteDatabase, run: Run): Promise<Pick<Applied, "milliseconds" | "longestStall" | "steps">> {
  const { id, steps, position, context, options } = run;
  const times = steps.map((step) => ({ text: describeStep(step), milliseconds: 0, longestStall: 0, transactions: 0 }));
  const began = performance.now();
  let [current, since] = [position.step, began];
  const undone = position.undone;
  const runner = new PhaseRunner(position, {
    database,
    save: (connection, next) => writePosition(connection, id, undone === undefined ? next : { ...next, undone }),
    signal: options.signal,
    batchTime: options.batchTime ?? 50,
    onProgress: (next, rows) => {
      const time = times[current];
      if (time !== undefined) time.milliseconds += performance.now() - since;
      [current, since] = [next.step, performance.now()];
      const step = Math.min(next.step, steps.length - 1);
      options.report?.({
        id,
        step: step + 1,
        steps: steps.length,
        text: times[step]?.text ?? "",
        ...(rows === undefined ? {} : { rows }),
      });
    },
    onTransaction: (milliseconds, step) => {
      const time = times[step];
      if (time !== undefined) {
        time.transactions += 1;
        time.longestStall = Math.max(time.longestStall, milliseconds);
      }
      options.onTransaction?.(milliseconds, step);
    },
  });
  await runner.run(steps.map((step) => phasesOf(step, context)));
  return {
    milliseconds: performance.now() - began,
    longestStall: Math.max(0, ...times.map((time) => time.longestStall)),
    steps: times,
  };
}

interface Finish {
  readonly id: string;
  readonly state: "applied" | "rolledBack";
  readonly kinds: Definition["kinds"];
  readonly expected: string;
  readonly clock: Clock;
  readonly count: number;
}

/** Notes what the database is now, and which versions of the definition still work on it. */
async function finish(connection: Connection, { id, state, kinds, expected, clock, count }: Finish): Promise<boolean> {
  const { objects } = await readDatabaseDefinition(connection);
  const definition = { objects, kinds: presentKinds(objects, kinds) };
  await writeDefinition(connection, definition);
  // Of a step that was begun and then undone.
  await connection.run("DELETE FROM _chassis_progress", []);
  const now = fingerprint(definition);
  await writeKnownDefinition(connection, { fingerprint: now, definition, isCompatible: true, breaks: [] });
  const actual = { state: stateOf(await inspectEverything(connection)), kinds: { ...kinds } };
  for (const known of await readDefinitions(connection)) {
    if (known.fingerprint === now) continue;
    const { isCompatible, breaks } = compatibilityOf(
      { state: stateOf(known.definition.objects), kinds: known.definition.kinds },
      actual,
    );
    await writeKnownDefinition(connection, { ...known, isCompatible, breaks });
  }
  await writeState(connection, id, { state, finished: timeOf(clock), position: { ...start, step: count } });
  return now === expected;
}

/** Of the columns that are there. */
function presentKinds(objects: Definition["objects"], kinds: Definition["kinds"]): Definition["kinds"] {
  const columns = [...stateOf(objects).tables].flatMap(([table, { text }]) =>
    [...text.columns.keys()].map((column) => `${table}.${column}`),
  );
  return Object.fromEntries(columns.flatMap((key) => (kinds[key] === undefined ? [] : [[key, kinds[key]]])));
}

function timeOf(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
