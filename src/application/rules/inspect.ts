import { children, type Column, type Expression, type RowReference } from "#database";

/** Every node of an expression, itself first. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  yield expression;
  for (const child of children(expression)) yield* nodesOf(child);
}

/** The columns that an expression reads. */
export function columnsIn(expression: Expression): readonly Column[] {
  return [...nodesOf(expression)].flatMap((node) => (node.type === "column" ? [node.column] : []));
}

/** Does it speak of the row of that scope? */
export function mentionsScope(expression: Expression, name: string): boolean {
  return [...nodesOf(expression)].some((node) => "row" in node && rootOf(node.row) === name);
}

/** Does it look beyond the row at hand: along a relation? */
export function followsRelation(expression: Expression): boolean {
  return [...nodesOf(expression)].some(
    (node) => node.type === "exists" || node.type === "aggregate" || ("row" in node && node.row.type === "through"),
  );
}

function rootOf(row: RowReference): string {
  return row.type === "scope" ? row.name : rootOf(row.from);
}
