import type { Column, Model } from "#database";

/** References that every row of their tables needs, each to the table of the next one, and the last to that of the first. */
export type ReferenceCircle = readonly { readonly table: string; readonly column: string }[];

/**
 * Circles of required references between tables: no row of theirs can be the first one, since it would have to refer to one of the next
 * table. `chassis import` alone can fill such tables, for it looks at references once all rows are there. A table that refers to itself is
 * none: its first row refers to itself. What only leads to a circle is not listed.
 */
export function referenceCircles({ tables }: Pick<Model, "tables">): readonly ReferenceCircle[] {
  const needs = new Map(
    [...tables.values()].map(({ name, columns }) => [name, [...columns.values()].filter((column) => isNeeded(column, name))]),
  );
  const stuck = new Set(needs.keys());
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const name of stuck) if (!needs.get(name)?.some((column) => stuck.has(targetOf(column)))) stuck.delete(name);
  }
  const circles: ReferenceCircle[] = [];
  const seen = new Set<string>();
  for (const start of stuck) {
    const path: { table: string; column: string }[] = [];
    for (let table = start; !seen.has(table); ) {
      seen.add(table);
      const column = needs.get(table)?.find((each) => stuck.has(targetOf(each)));
      if (column === undefined) break;
      path.push({ table, column: column.name });
      table = targetOf(column);
      const first = path.findIndex((step) => step.table === table);
      if (first !== -1) circles.push(path.slice(first));
    }
  }
  return circles;
}

function isNeeded({ reference, nullable, computed }: Column, table: string): boolean {
  return reference !== undefined && !nullable && computed === undefined && reference.table !== table;
}

function targetOf({ reference }: Column): string {
  return reference?.table ?? "";
}
