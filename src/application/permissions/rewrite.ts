import { children, type Expression } from "#database";

/** The expression with some of its parts replaced: `replace` gives the other one, or undefined to look inside. Types stay as they are. */
export function rewrite(expression: Expression, replace: (part: Expression) => Expression | undefined): Expression {
  const found = replace(expression);
  if (found !== undefined) return found;
  const inside = (part: Expression): Expression => rewrite(part, replace);
  const optional = (part: Expression | undefined): Expression | undefined => (part === undefined ? undefined : inside(part));
  switch (expression.type) {
    case "constant":
    case "slot":
    case "actor":
    case "role":
    case "column":
      return expression;
    case "call":
      return { ...expression, arguments: expression.arguments.map(inside) };
    case "json":
      return { ...expression, value: inside(expression.value) };
    case "search":
      return { ...expression, query: inside(expression.query) };
    case "when":
      return {
        ...expression,
        condition: inside(expression.condition),
        // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
        then: inside(expression.then),
        otherwise: optional(expression.otherwise),
      };
    case "exists":
      return { ...expression, where: optional(expression.where) };
    case "aggregate":
      return { ...expression, where: optional(expression.where), value: optional(expression.value) };
  }
}

/** Whether some part of it is so, itself or within. */
export function someNode(expression: Expression, test: (part: Expression) => boolean): boolean {
  return test(expression) || children(expression).some((part) => someNode(part, test));
}
