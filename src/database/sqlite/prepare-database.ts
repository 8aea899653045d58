import { createHash } from "node:crypto";
import { type Clock, systemClock } from "#base";
import { prepareAudit } from "../audit/audit-table.ts";
import { readDefinitions, readStored } from "../migrations/bookkeeping.ts";
import { compatibilityOf } from "../migrations/plan/compatibility.ts";
import { stateOf } from "../migrations/schema-state.ts";
import type { Model } from "../model/model.ts";
import { describeOrigin, foreignDatabase, formatVersion, readFormat, writeBookkeeping } from "./bookkeeping.ts";
import {
  type Definition,
  definitionOf,
  fingerprint,
  kindDifferences,
  readDatabaseDefinition,
  writeDefinition,
} from "./definition/definition.ts";
import { DatabaseRefusedError } from "./errors.ts";
import { compareSchemas, inspectEverything } from "./definition/inspect.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** The database has other tables than the definition; the message lists every difference and what to do. */
export class SchemaDifferenceError extends Error {
  override readonly name: string = "SchemaDifferenceError";
  readonly differences: readonly string[];

  constructor(path: string, differences: readonly string[], breaks: readonly string[] = []) {
    const list = (lines: readonly string[]): string => lines.map((line) => `  - ${line}`).join("\n");
    super(
      `The database ${path} differs from the definition:\n${list(differences)}\n` +
        (breaks.length === 0
          ? ""
          : `This definition is one that the database had before, and it does not work on it any more:\n${list(breaks)}\n`) +
        "Run 'chassis migrate plan' to see what would change and to write it into a migration, then 'chassis migrate apply'; " +
        "or put the definition back as it was, or start with a new database file.",
    );
    this.differences = differences;
  }
}

/** How the database stands to the definition: made for it, the same, or one on which this earlier or later version still works. */
export type Preparation = "created" | "same" | "compatible";

/**
 * Makes an empty database ready for the model, in one transaction, or finds that it is; or that this definition is one that the database
 * had, before or after a migration, and that it still works on it.
 *
 * @throws SchemaDifferenceError when its tables are others.
 * @throws DatabaseRefusedError when it belongs to another application, to a later version of this one, or when a migration is
 * unfinished and this definition does not work on what is in between.
 */
export async function prepareDatabase(database: SqliteDatabase, model: Model, clock: Clock = systemClock): Promise<Preparation> {
  const preparation = await makeReady(database, model, clock);
  if ([...model.tables.values()].some(({ audit }) => audit === true)) await prepareAudit(database);
  // From now on changes of its tables are fed, kept and audited.
  database.follow(model);
  return preparation;
}

/** Databases that were found to fit a model, as they were then: tests open many of one model, and comparing takes longer than the rest. */
const fitting = new WeakMap<Model, string>();

async function makeReady(database: SqliteDatabase, model: Model, clock: Clock): Promise<Preparation> {
  const known = fitting.get(model);
  if (known !== undefined && known === (await contentsOf(database))) return "same";
  const preparation = await compareOrCreate(database, model, clock);
  if (preparation !== "compatible") fitting.set(model, (await contentsOf(database)) ?? "");
  return preparation;
}

/** All that says what a database is and how far its migrations are, to the letter. Undefined for one that is not ours. */
async function contentsOf(database: SqliteDatabase): Promise<string | undefined> {
  const [ours] = (await database.get(describeOrigin, [])) ?? [];
  if (ours === 0) return undefined;
  const schema = await database.all(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_chassis%' ESCAPE '\\'",
    [],
  );
  const bookkeeping = await database.all("SELECT name, value FROM _chassis WHERE name <> 'created'", []);
  const migrations = (await readStored(database)).map(({ record }) => `${record.id} ${record.state}`);
  return createHash("sha256")
    .update(JSON.stringify([schema, bookkeeping, migrations]))
    .digest("base64");
}

async function compareOrCreate(database: SqliteDatabase, model: Model, clock: Clock): Promise<Preparation> {
  const wanted = definitionOf(model);
  const [ours, tables] = (await database.get(describeOrigin, [])) ?? [];
  if (ours === 0) {
    if (typeof tables === "string") throw foreignDatabase(database.path, tables.split("\n"));
    await createDatabase(database, wanted, clock);
    return "created";
  }
  const format = await readFormat(database);
  if (format !== formatVersion) {
    throw new DatabaseRefusedError(
      `The database ${database.path} was made by another version of Chassis: it has format ${format}, and this version knows ${formatVersion}.`,
    );
  }
  const name = fingerprint(wanted);
  const unfinished = (await readStored(database)).find(
    ({ record }) => record.state === "applying" || record.state === "rollingBack",
  );
  if (unfinished !== undefined) return checkUnfinished(database, unfinished.record.id, wanted);
  const found = await readDatabaseDefinition(database);
  const different = [...compareSchemas(wanted.objects, found.objects), ...kindDifferences(wanted, found)];
  if (different.length === 0) {
    // Older databases do not say what their values mean.
    if (fingerprint(found) !== name) await database.transaction((connection) => writeDefinition(connection, wanted));
    return "same";
  }
  const known = (await readDefinitions(database)).find((definition) => definition.fingerprint === name);
  if (known?.isCompatible === true) return "compatible";
  throw new SchemaDifferenceError(database.path, different, known?.breaks);
}

/** In the middle of a migration, one of its two versions may work; what it would break is looked up in the tables as they are now. */
async function checkUnfinished(database: SqliteDatabase, id: string, wanted: Definition): Promise<Preparation> {
  const { record } = (await readStored(database)).find((stored) => stored.record.id === id) ?? {};
  const name = fingerprint(wanted);
  const isOneOfTwo = record?.from === name || record?.to === name;
  const actual = { state: stateOf(await inspectEverything(database)), kinds: (await readDatabaseDefinition(database)).kinds };
  const { isCompatible, breaks } = compatibilityOf({ state: stateOf(wanted.objects), kinds: wanted.kinds }, actual);
  if (isOneOfTwo && record?.from === name && isCompatible) return "compatible";
  throw new DatabaseRefusedError(
    `The migration '${id}' of the database ${database.path} is not finished${
      breaks.length === 0
        ? ""
        : `, and this version does not work on what is in between:\n${breaks.map((line) => `  - ${line}`).join("\n")}\n`
    }. Run 'chassis migrate apply' to go on with it, or 'chassis migrate rollback' to go back.`.replace("\n.", "\n"),
  );
}

async function createDatabase(database: SqliteDatabase, definition: Definition, clock: Clock): Promise<void> {
  await database.transaction(async (connection) => {
    await writeBookkeeping(connection, { format: String(formatVersion), created: new Date(clock.now()).toISOString() });
    await writeDefinition(connection, definition);
    for (const object of definition.objects) await connection.run(object.sql, []);
  });
}
