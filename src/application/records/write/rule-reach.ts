import { children, type Column, type Expression, type Relation, type RowReference, type Table } from "#database";

/** What decides a rule's verdict on a row to be made, besides who asks and when. */
export interface RuleReach {
  /** The row's own columns that it looks at. */
  readonly columns: ReadonlySet<Column>;
  /** The tables in which it looks at other rows. */
  readonly tables: ReadonlySet<string>;
}

/** The rule is over `row` and `next`, of which both are the row to be made. */
export function reachOf(rule: Expression, table: Table): RuleReach {
  const columns = new Set<Column>();
  const tables = new Set<string>();
  const isOwn = (row: RowReference): boolean => row.type === "scope" && (row.name === "row" || row.name === "next");

  const follow = (row: RowReference, relation: Relation): void => {
    tables.add(relation.target);
    if (relation.junction !== undefined) tables.add(relation.junction.table);
    const own = table.columns.get(relation.column);
    if (isOwn(row) && own !== undefined) columns.add(own);
    reach(row);
  };
  const reach = (row: RowReference): void => {
    if (row.type === "through") follow(row.from, row.relation);
  };
  const visit = (expression: Expression): void => {
    if (expression.type === "column") {
      const { row, column } = expression;
      if (column.computed !== undefined) visit(column.computed);
      // A computed column of another row speaks of that one as `row` too: its columns are those of another table, or some too many.
      else if (isOwn(row) && column.table === table.name) columns.add(column);
      reach(row);
    } else if (expression.type === "exists" || expression.type === "aggregate") follow(expression.row, expression.relation);
    else if (expression.type === "search") {
      tables.add(expression.table);
      reach(expression.row);
    }
    for (const child of children(expression)) visit(child);
  };
  visit(rule);
  return { columns, tables };
}
