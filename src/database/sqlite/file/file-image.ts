import { readFile, rm } from "node:fs/promises";
import { backup, DatabaseSync } from "node:sqlite";
import { quoteName } from "../dialect/literals.ts";

/**
 * The committed contents of a database that is open in this process, as the bytes of a file: also what is in its log only. Written
 * somewhere else they are a database of their own. Of the tables in `without` it has no rows.
 */
export async function fileImage(
  path: string,
  { without = [] }: { readonly without?: readonly string[] } = {},
): Promise<Uint8Array> {
  const copy = `${path}-image`;
  try {
    const connection = new DatabaseSync(path, { readOnly: true });
    // Page by page, all in one go: whoever runs the statements of the schema needs the functions in it.
    await backup(connection, copy, { rate: 1_000_000 }).finally(() => connection.close());
    emptyTables(copy, without);
    return await readFile(copy);
  } finally {
    await rm(copy, { force: true });
  }
}

function emptyTables(path: string, names: readonly string[]): void {
  const connection = new DatabaseSync(path);
  try {
    connection.exec("PRAGMA synchronous = OFF");
    const isThere = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
    for (const name of names) if (isThere.get(name) !== undefined) connection.exec(`DELETE FROM ${quoteName(name)}`);
  } finally {
    connection.close();
  }
}
