import { type Column, type Expression, type Model, type Table } from "#database";
import { rewrite, someNode } from "../rewrite.ts";

/** Both versions of a model in one: every table and column that either has, empty where either lets it be. */
export function mergeModels(old: Model, next: Model): Model {
  const tables = new Map<string, Table>();
  for (const name of new Set([...old.tables.keys(), ...next.tables.keys()])) {
    const [before, after] = [old.tables.get(name), next.tables.get(name)];
    const table = after ?? before;
    if (table === undefined) continue;
    const columns = new Map<string, Column>();
    for (const column of new Set([...(before?.columns.keys() ?? []), ...(after?.columns.keys() ?? [])])) {
      const merged = mergeColumns(before?.columns.get(column), after?.columns.get(column));
      if (merged !== undefined) columns.set(column, merged);
    }
    tables.set(name, { ...table, columns, key: columns.get(table.key.name) ?? table.key });
  }
  return {
    tables,
    roles: [...new Set([...old.roles, ...next.roles])],
    claims: new Map([...old.claims, ...next.claims]),
    actorId: next.actorId,
  };
}

function mergeColumns(before: Column | undefined, after: Column | undefined): Column | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  const values =
    after.options.values === undefined ? undefined : [...new Set([...(before.options.values ?? []), ...after.options.values])];
  return {
    ...after,
    nullable: before.nullable || after.nullable,
    options: values === undefined ? after.options : { ...after.options, values },
  };
}

/** The expression over the columns of the merged model. Computed ones stay those of their version. */
export function overMerged(expression: Expression, model: Model): Expression {
  return rewrite(expression, (part) => {
    if (part.type !== "column" || part.column.computed !== undefined) return undefined;
    const column = model.tables.get(part.column.table)?.columns.get(part.column.name);
    return column === undefined ? undefined : { ...part, column };
  });
}

/** A column that has another type in the other version: its values cannot be compared. */
export function changedType(expression: Expression, model: Model): Column | undefined {
  let found: Column | undefined;
  someNode(expression, (part) => {
    if (part.type !== "column" || part.column.computed !== undefined) return false;
    const merged = model.tables.get(part.column.table)?.columns.get(part.column.name);
    const { scalar, scale } = part.column.type;
    if (merged !== undefined && (merged.type.scalar !== scalar || merged.type.scale !== scale)) found = part.column;
    return found !== undefined;
  });
  return found;
}
