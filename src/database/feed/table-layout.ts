import type { Connection } from "../driver.ts";
import type { Table } from "../model/model.ts";
import { identifier, join, sql } from "../sql/sql.ts";

/** Where the columns of a table stand in the database, and how to read one of its rows. */
export interface TableLayout {
  /** The stored columns of the model, with their places among all that the table has. */
  readonly columns: readonly { readonly name: string; readonly place: number }[];
  /** Reads them in that order; the parameter is the row's number. */
  readonly selectRow: string;
}

/** Within one transaction: another may change the tables. */
export class TableLayouts {
  readonly #connection: Connection;
  readonly #known = new Map<string, TableLayout>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async of(table: Table): Promise<TableLayout> {
    const known = this.#known.get(table.name);
    if (known !== undefined) return known;
    const layout = layoutOf(table, await this.#connection.all("SELECT name FROM pragma_table_info(?)", [table.name]));
    this.#known.set(table.name, layout);
    return layout;
  }
}

function layoutOf(table: Table, physical: readonly (readonly unknown[])[]): TableLayout {
  const columns = [...table.columns.values()]
    .filter((column) => column.computed === undefined)
    .map(({ name }) => ({ name, place: physical.findIndex(([other]) => other === name) }))
    // A transaction may have dropped it.
    .filter(({ place }) => place !== -1);
  const names = columns.map(({ name }) => identifier(name));
  const select = sql`SELECT ${join(names, ", ")} FROM ${identifier(table.name)} WHERE ${identifier(table.rowKey)} = ?`;
  return { columns, selectRow: select.text };
}
