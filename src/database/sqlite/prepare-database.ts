import { createHash } from "node:crypto";
import { type Clock, systemClock } from "#base";
import type { Model } from "../model/model.ts";
import { describeOrigin, foreignDatabase, formatVersion, readFormat, writeBookkeeping } from "./bookkeeping.ts";
import { schemaObjects } from "./create-tables.ts";
import { DatabaseRefusedError } from "./errors.ts";
import { compareSchemas, inspectDatabase } from "./inspect.ts";
import type { SchemaObject } from "./schema-object.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** The database has other tables than the definition; the message lists every difference and what to do. */
export class SchemaDifferenceError extends Error {
  override readonly name: string = "SchemaDifferenceError";
  readonly differences: readonly string[];

  constructor(path: string, differences: readonly string[]) {
    super(
      `The database ${path} differs from the definition:\n${differences.map((line) => `  - ${line}`).join("\n")}\n` +
        "Chassis changes no table by itself. Put the definition back as it was, or start with a new database file and import the data.",
    );
    this.differences = differences;
  }
}

/**
 * Makes an empty database ready for the model, in one transaction, or finds that it is.
 *
 * @throws SchemaDifferenceError when its tables are others.
 * @throws DatabaseRefusedError when it belongs to another application, or to a later version of this one.
 */
export async function prepareDatabase(
  database: SqliteDatabase,
  model: Model,
  clock: Clock = systemClock,
): Promise<"created" | "same"> {
  const wanted = schemaObjects(model);
  const [ours, tables] = (await database.get(describeOrigin, [])) ?? [];
  if (ours === 0) {
    if (typeof tables === "string") throw foreignDatabase(database.path, tables.split("\n"));
    await createDatabase(database, wanted, clock);
    database.follow(model);
    return "created";
  }
  const format = await readFormat(database);
  if (format !== formatVersion) {
    throw new DatabaseRefusedError(
      `The database ${database.path} was made by another version of Chassis: it has format ${format}, and this version knows ${formatVersion}.`,
    );
  }
  const different = compareSchemas(wanted, await inspectDatabase(database));
  if (different.length > 0) throw new SchemaDifferenceError(database.path, different);
  database.follow(model);
  return "same";
}

async function createDatabase(database: SqliteDatabase, objects: readonly SchemaObject[], clock: Clock): Promise<void> {
  await database.transaction(async (connection) => {
    await writeBookkeeping(connection, {
      format: String(formatVersion),
      created: new Date(clock.now()).toISOString(),
      schema: fingerprint(objects),
    });
    for (const object of objects) await connection.run(object.sql, []);
  });
}

/** A short name for exactly this schema. */
function fingerprint(objects: readonly SchemaObject[]): string {
  const hash = createHash("sha256").update(objects.map((object) => object.sql).join(";\n"));
  return hash.digest("hex").slice(0, 16);
}
