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

/** Secret fields that it does more with than to ask whether they hold something: what is kept of them is encrypted, another text for each row. */
export function secretsLookedInto(expression: Expression): readonly Column[] {
  if (expression.type === "column") return expression.column.secret ? [expression.column] : [];
  if (expression.type === "call" && expression.operator === "isNull") return [];
  return children(expression).flatMap(secretsLookedInto);
}

/** What is said of one of them. */
export function secretMessage({ table, name }: Column): string {
  return `looks into '${table}.${name}', which is secret and kept encrypted: only isNull() and isNotNull() can be asked of it`;
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
