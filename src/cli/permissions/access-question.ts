import { type AccessQuestion, type Backend, type TableOperation } from "#application";
import { didYouMean } from "#base";
import type { Stored } from "#contract";
import type { Table } from "#database";
import { CommandError } from "../command-line/command-error.ts";

export const operations: readonly TableOperation[] = ["read", "create", "update", "delete", "history"];

export function findTable({ model }: Pick<Backend, "model">, name: string): Table {
  const table = model.tables.get(name);
  if (table !== undefined) return table;
  if (operations.some((operation) => operation === name))
    throw new CommandError(`There is no table '${name}': the table comes first, and the operation after it.`);
  throw new CommandError(`There is no table '${name}'${didYouMean(name, model.tables.keys()) || tablesThereAre(model.tables)}`);
}

/** How many are listed where none is near. */
const SHOWN = 12;

/** "; there are books, reviews." */
function tablesThereAre(tables: ReadonlyMap<string, unknown>): string {
  const names = [...tables.keys()];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return names.length === 0
    ? ": the definition has none."
    : `; there ${names.length === 1 ? "is" : "are"} ${names.slice(0, SHOWN).join(", ")}${more}.`;
}

export function findOperation(name: string): TableOperation {
  const operation = operations.find((candidate) => candidate === name);
  if (operation === undefined)
    throw new CommandError(
      `There is no operation '${name}': it is one of ${operations.join(", ")}${didYouMean(name, operations) || "."}`,
    );
  return operation;
}

export function findField(table: Table, name: string): NonNullable<AccessQuestion["field"]> {
  const field = table.columns.get(name);
  if (field === undefined)
    throw new CommandError(`There is no field '${name}' in '${table.name}'${didYouMean(name, table.columns.keys()) || "."}`);
  return field;
}

/** The id of a row as it is stored. */
export function readKey(table: Table, id: string): Stored {
  const key = table.key.kind.fromText(id, table.key.options);
  if (!key.ok) throw new CommandError(`The id of a row of '${table.name}' ${key.message}, not '${id}'.`);
  return key.value;
}
