import { didYouMean } from "#base";
import type { Column, Index } from "#database";
import { type DefinitionProblem, inDoubt } from "./definition-error.ts";
import type { FieldState } from "./field.ts";
import type { ColumnSets } from "./table.ts";

interface IndexedTable {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldState>;
  readonly columns: ReadonlyMap<string, Column>;
  readonly unique: ColumnSets;
  readonly indexes: ColumnSets;
}

/** The unique sets and the indexes of a table, with the names that PostgreSQL would give them. */
export function resolveIndexes(
  table: IndexedTable,
  problems: DefinitionProblem[],
): { readonly uniques: readonly Index[]; readonly indexes: readonly Index[] } {
  const fields = [...table.fields];
  const single = fields.filter(([, state]) => state.unique).map(([name]) => [name]);
  const several = checkedSets(table, "unique", problems);
  const uniques = [...single, ...several].map((columns) => named(table, columns, "key"));
  const wanted = checkedSets(table, "indexes", problems);
  const leading = new Set([...uniques.map(({ columns }) => columns[0]), ...wanted.map(([first]) => first)]);
  // Deleting a row looks for those that refer to it, and rules follow references: each has an index.
  const alone = fields
    .filter(([name, state]) => (state.indexed || state.kind === "ref") && !leading.has(name))
    .map(([name]) => [name]);
  return { uniques, indexes: [...alone, ...wanted].map((columns) => named(table, columns, "idx")) };
}

/** A database has one name for one index, whatever its table: `a` with `b_c` and `a_b` with `c` would both have `a_b_c_idx`. */
export function reportIndexCollisions(tables: Iterable<Indexed>, problems: DefinitionProblem[]): void {
  const owners = new Map<string, string>();
  for (const { name: table, uniques, indexes } of tables) {
    for (const { name, columns } of [...uniques, ...indexes]) {
      const own = `(${columns.join(", ")}) of '${table}'`;
      const other = owners.get(name);
      if (other === undefined) owners.set(name, own);
      else
        problems.push({
          place: `${table}.${columns.join(", ")}`,
          message: `its index would have the name '${name}', which that over ${other} has; rename one of the fields or tables`,
        });
    }
  }
}

interface Indexed {
  readonly name: string;
  readonly uniques: readonly Index[];
  readonly indexes: readonly Index[];
}

function named(table: IndexedTable, columns: readonly string[], suffix: "key" | "idx"): Index {
  return { name: [table.name, ...columns, suffix].join("_"), columns };
}

function checkedSets(table: IndexedTable, which: "unique" | "indexes", problems: DefinitionProblem[]): ColumnSets {
  if (!Array.isArray(table[which])) {
    problems.push({ place: `${table.name}.${which}`, message: 'must be a list of sets such as [["school", "author"]]' });
    return [];
  }
  const seen = new Set<string>();
  const single = which === "unique" ? "unique()" : "index()";
  return table[which].filter((columns) => {
    const report = (message: string): void => void problems.push({ place: `${table.name}.${which}`, message });
    const before = problems.length;
    if (!Array.isArray(columns) || columns.length < 2) {
      report(`a set has two fields or more; for one write .${single} on the field`);
      return false;
    }
    for (const name of columns) {
      const column = table.columns.get(name);
      if (problems.some(({ place }) => place === `${table.name}.${name}`)) report(inDoubt);
      else if (column === undefined)
        report(`there is no field '${name}' in '${table.name}'${didYouMean(name, table.columns.keys())}`);
      else if (column.type.scalar === "json" || column.secret)
        report(`'${name}' is ${column.kind.name}, which cannot be in a set`);
    }
    if (new Set(columns).size !== columns.length) report(`the set [${columns.join(", ")}] names a field twice`);
    const key = columns.join(",");
    if (seen.has(key)) report(`the set [${columns.join(", ")}] stands there twice`);
    seen.add(key);
    return problems.length === before;
  });
}
