import type { Column, Expression, RowReference } from "#database";

/** Every node of an expression, itself first. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  yield expression;
  for (const child of childrenOf(expression)) yield* nodesOf(child);
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case "call":
      return expression.arguments;
    case "json":
      return [expression.value];
    case "exists":
      return present(expression.where);
    case "aggregate":
      return present(expression.value, expression.where);
    case "search":
      return [expression.query];
    case "when":
      return present(expression.condition, expression.then, expression.otherwise);
    default:
      return [];
  }
}

const present = (...expressions: readonly (Expression | undefined)[]): readonly Expression[] =>
  expressions.filter((expression) => expression !== undefined);

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
