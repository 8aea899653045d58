import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AnySchema, Insert, InputRow, SeedContext, TableName } from "#application";
import { didYouMean } from "#base";
import type { Json } from "#contract";
import type { Model } from "#database";

/** Rows by table, in the order in which they are to be written: what is referred to first. */
export type SeedRows<S extends AnySchema> = { readonly [T in TableName<S>]?: readonly Insert<S, T>[] };

/**
 * What a back end in a test begins with: `true` (the default) what its definition's `seed` makes, `false` nothing; a function of the same
 * form, rows by table, or the address of a JSON file of such rows, each instead of it.
 */
export type Seed<S extends AnySchema> = boolean | ((app: SeedContext) => Promise<void>) | SeedRows<S> | URL;

/** The function that does it; undefined where nothing is to be done. */
export function seedFunction(
  seed: Seed<AnySchema> | Seed<never>,
  model: Model,
): ((app: SeedContext) => Promise<void>) | undefined {
  if (typeof seed === "boolean") return undefined;
  if (typeof seed === "function") return seed;
  return async (app) => {
    const rows = seed instanceof URL ? await readRows(seed) : seed;
    await app.transaction(async (records) => {
      for (const [table, given] of Object.entries(rows as Readonly<Record<string, unknown>>)) {
        if (!model.tables.has(table))
          throw new TypeError(`seed: there is no table '${table}'${didYouMean(table, model.tables.keys())}.`);
        if (!Array.isArray(given)) throw new TypeError(`seed: '${table}' takes a list of rows.`);
        await records.write(
          {
            type: "insert",
            table,
            rows: given as readonly InputRow[],
            rowForm: "json",
            missing: "default",
            values: [],
            form: "json",
          },
          app.system,
        );
      }
    });
  };
}

async function readRows(file: URL): Promise<Readonly<Record<string, Json>>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`seed: ${fileURLToPath(file)} cannot be read.`, { cause: error });
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, Json>>;
  } catch (error) {
    throw new Error(`seed: ${fileURLToPath(file)} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(
    `seed: ${fileURLToPath(file)} must be an object of lists of rows, by table: { "schools": [{ "name": "..." }] }.`,
  );
}
