import type { Expression, RowReference } from "./expression.ts";

/** Makes scope names that no other part of a tree has. */
export type FreshScope = () => string;

export function createScopes(prefix = "s"): FreshScope {
  let count = 0;
  return () => `${prefix}${++count}`;
}

/**
 * An expression put to use at a place: its free scopes (`row`, `next`) become the rows given, and the scopes that it opens
 * itself get fresh names, so that one rule can stand in a tree many times. A scope that is not named stays as it is.
 */
export function instantiate(expression: Expression, rows: Readonly<Record<string, RowReference>>, fresh: FreshScope): Expression {
  const go = (node: Expression, bound: Readonly<Record<string, RowReference>>): Expression => {
    const row = (reference: RowReference): RowReference =>
      reference.type === "scope"
        ? (bound[reference.name] ?? reference)
        : { type: "through", from: row(reference.from), relation: reference.relation };
    switch (node.type) {
      case "constant":
      case "slot":
      case "actor":
      case "role":
        return node;
      case "column":
        return { ...node, row: row(node.row) };
      case "call":
        return { ...node, arguments: node.arguments.map((argument) => go(argument, bound)) };
      case "json":
        return { ...node, value: go(node.value, bound) };
      case "search":
        return { ...node, row: row(node.row), query: go(node.query, bound) };
      case "when":
        return {
          ...node,
          condition: go(node.condition, bound),
          // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
          then: go(node.then, bound),
          otherwise: node.otherwise === undefined ? undefined : go(node.otherwise, bound),
        };
      case "exists":
      case "aggregate": {
        const name = fresh();
        const inner = { ...bound, [node.scope]: { type: "scope", name } as const };
        const where = node.where === undefined ? undefined : go(node.where, inner);
        if (node.type === "exists") return { ...node, row: row(node.row), scope: name, where };
        return {
          ...node,
          row: row(node.row),
          scope: name,
          where,
          value: node.value === undefined ? undefined : go(node.value, inner),
        };
      }
    }
  };
  return go(expression, rows);
}
