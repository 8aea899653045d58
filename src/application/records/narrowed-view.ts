import type { KeyScope } from "#contract";
import { children, type Column, type Expression, expressions, type Relation, type RowReference } from "#database";
import { admitsTable, admitsWrites } from "../access/key-scope.ts";
import type { AccessView, WriteRule } from "./access-view.ts";

const closed: WriteRule = { expression: expressions.never, mentionsNext: false };

/**
 * A view of which a key's scope leaves out the rest. What is left is as it was: each rule is the one of the key's owner, or lets nobody through.
 * A table that the scope leaves out is not there, as one that may not be read: by its name, by relations, by references to its rows, and in
 * computed fields, which would tell of rows that are not the key's to see. Rules look at all rows as ever: they are the app's, and tell nothing
 * but whether something may be done.
 */
export function narrowView(view: AccessView, scope: KeyScope): AccessView {
  const { tables } = scope;
  if (tables === undefined && admitsWrites(scope)) return view;
  const admits = (table: string): boolean => admitsTable(scope, table);
  const { never } = expressions;
  return {
    ...view,
    scope,
    readableTable: (name) => (admits(name) ? view.readableTable(name) : undefined),
    readRule: (table) => (admits(table.name) ? view.readRule(table) : never),
    writeRule: (table, operation) => (admits(table.name) && admitsWrites(scope) ? view.writeRule(table, operation) : closed),
    historyRule: (table) => (admits(table.name) ? view.historyRule(table) : never),
    readableColumn(table, name) {
      const found = admits(table.name) ? view.readableColumn(table, name) : undefined;
      return found === undefined || !isWithin(found.column, admits) ? undefined : found;
    },
    fieldWriteRule: (column, operation) => view.fieldWriteRule(column, operation),
    readableRelations: (table) =>
      admits(table.name) ? view.readableRelations(table).filter((relation) => crosses(relation, admits)) : [],
  };
}

/** Whether what a column is computed from lies in these tables. */
function isWithin({ computed }: Column, admits: (table: string) => boolean): boolean {
  return computed === undefined || staysWithin(computed, admits);
}

function staysWithin(expression: Expression, admits: (table: string) => boolean): boolean {
  return isHere(expression, admits) && children(expression).every((part) => staysWithin(part, admits));
}

/** The same for what one node looks at by itself. */
function isHere(node: Expression, admits: (table: string) => boolean): boolean {
  switch (node.type) {
    case "column":
      return admits(node.column.table) && leadsWithin(node.row, admits) && isWithin(node.column, admits);
    case "exists":
    case "aggregate":
      return crosses(node.relation, admits) && leadsWithin(node.row, admits);
    case "search":
      return admits(node.table) && leadsWithin(node.row, admits);
    default:
      return true;
  }
}

function leadsWithin(row: RowReference, admits: (table: string) => boolean): boolean {
  return row.type === "scope" || (crosses(row.relation, admits) && leadsWithin(row.from, admits));
}

function crosses({ target, junction }: Relation, admits: (table: string) => boolean): boolean {
  return admits(target) && (junction === undefined || admits(junction.table));
}
