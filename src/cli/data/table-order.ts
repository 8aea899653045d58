import type { Table } from "#database";

export interface TableOrder {
  /** Tables before those that refer to them, as far as they do not refer in circles. */
  readonly tables: readonly Table[];
  /** Some refer in a circle, or to themselves: then a row may come before one that it refers to. */
  readonly isCircular: boolean;
}

export function orderTables(given: readonly Table[]): TableOrder {
  const byName = new Map(given.map((table) => [table.name, table]));
  const ordered = new Set<Table>();
  const visiting = new Set<Table>();
  let isCircular = false;
  const visit = (table: Table): void => {
    if (ordered.has(table)) return;
    if (visiting.has(table)) {
      isCircular = true;
      return;
    }
    visiting.add(table);
    for (const { reference } of table.columns.values()) {
      const target = reference === undefined ? undefined : byName.get(reference.table);
      if (target !== undefined) visit(target);
    }
    ordered.add(table);
  };
  for (const table of given) visit(table);
  return { tables: [...ordered], isCircular };
}
