import { children, type Expression, expressions, needsDatabase, type OperatorName } from "#database";

const { and } = expressions;

/** Operators that are functions of ours: a hundred times slower than a comparison, and the slower the longer their text. */
const slow: ReadonlySet<OperatorName> = new Set<OperatorName>([
  "ilike",
  "match",
  "imatch",
  "contains",
  "containedBy",
  "overlaps",
  "lower",
  "upper",
]);

/**
 * A caller's filter under a rule, so that no slow part of the filter is worked out for a row that the rule hides: how long the
 * answer takes would tell what stands there. SQLite takes conditions in their order, but leaves those with a subquery to the
 * end; before such a rule, the slow parts have to ask it themselves. `rule` makes the rule anew, for each place that it stands in.
 */
export function ruleFirst(rule: () => Expression, filter: Expression | undefined): Expression {
  const first = rule();
  if (filter === undefined) return first;
  const parts = filter.type === "call" && filter.operator === "and" ? filter.arguments : [filter];
  const late = needsDatabase(first) ? parts.filter(isSlow) : [];
  if (late.length === 0) return and(first, filter);
  const others = parts.filter((part) => !late.includes(part));
  // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
  return and(first, ...others, { type: "when", condition: rule(), then: and(...late), otherwise: expressions.never });
}

function isSlow(expression: Expression): boolean {
  return (expression.type === "call" && slow.has(expression.operator)) || children(expression).some(isSlow);
}
