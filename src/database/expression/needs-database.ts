import type { Expression, RowReference } from "./expression.ts";

/** Whether an expression looks further than the stored columns of the rows in scope: at other rows, or at the search index. */
export function needsDatabase(expression: Expression): boolean {
  switch (expression.type) {
    case "constant":
    case "slot":
    case "actor":
    case "role":
      return false;
    case "column":
      return leadsAway(expression.row) || (expression.column.computed !== undefined && needsDatabase(expression.column.computed));
    case "call":
      return expression.arguments.some(needsDatabase);
    case "json":
      return needsDatabase(expression.value);
    case "when":
      return [expression.condition, expression.then, expression.otherwise].some(
        (part) => part !== undefined && needsDatabase(part),
      );
    case "exists":
    case "aggregate":
    case "search":
      return true;
  }
}

function leadsAway(row: RowReference): boolean {
  return row.type === "through";
}
