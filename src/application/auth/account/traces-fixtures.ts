import type { People } from "../auth-fixtures.ts";

/** Where in the tables of ours a text stands, whatever the form of the column. */
export async function placesOf({ database }: Pick<People, "database">, text: string): Promise<readonly string[]> {
  const found: string[] = [];
  const tables = await database.all(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '\\_chassis%' ESCAPE '\\'",
    [],
  );
  for (const [table] of tables) {
    const columns = await database.all(`SELECT name FROM pragma_table_info('${String(table)}')`, []);
    for (const [column] of columns) {
      const where = `instr(lower(CAST("${String(column)}" AS TEXT)), lower(?)) > 0`;
      const row = await database.get(`SELECT 1 FROM "${String(table)}" WHERE ${where}`, [text]);
      if (row !== undefined) found.push(`${String(table)}.${String(column)}`);
    }
  }
  return found;
}
