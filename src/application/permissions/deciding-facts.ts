import { decimalText, type Stored } from "#contract";
import { type ActorFacts, children, type Expression, factOf, printExpression, typeOf, type ValueType } from "#database";

/** A value that a clause was decided by: `row.author` is `"ada"`. */
export interface DecidingFact {
  readonly text: string;
  /** As JSON writes it; of related rows in words. */
  readonly value: string;
}

interface Known {
  /** What was asked of the database; nothing where there is no row. */
  readonly values: ReadonlyMap<Expression, Stored>;
  readonly actor: ActorFacts;
}

/** The values inside one clause: columns, aggregates, what is known of who is asking, and how many related rows meet a condition. */
export function factsOf(clause: Expression, known: Known): readonly DecidingFact[] {
  const facts = new Map<string, string>();
  const visit = (expression: Expression): void => {
    switch (expression.type) {
      case "actor":
        facts.set(printExpression(expression), shown(factOf(known.actor, expression.fact), expression.valueType));
        return;
      case "role":
        facts.set("roles of me", known.actor.roles.length === 0 ? "none" : known.actor.roles.join(", "));
        return;
      case "exists": {
        const [all, met] = countsOf(expression).map((count) => known.values.get(count));
        if (all !== undefined)
          facts.set(
            printExpression({ ...expression, where: undefined }).replace(/\.some\(\)$/, ""),
            expression.where === undefined
              ? rows(all)
              : `${rows(all)}, of which ${String(met ?? 0)} ${met === 1 ? "meets" : "meet"} the condition`,
          );
        for (const part of children(expression)) visitActor(part);
        return;
      }
      case "column":
      case "aggregate":
      case "json": {
        const value = known.values.get(expression);
        const isSecret = expression.type === "column" && expression.column.secret;
        if (value !== undefined) facts.set(printExpression(expression), isSecret ? "a secret" : shown(value, typeOf(expression)));
        return;
      }
      default:
        for (const part of children(expression)) visit(part);
    }
  };
  // Inside a relation the rows are many: of it only who is asking has one value.
  const visitActor = (expression: Expression): void => {
    if (expression.type === "actor" || expression.type === "role") visit(expression);
    else for (const part of children(expression)) visitActor(part);
  };
  visit(clause);
  return [...facts].map(([text, value]) => ({ text, value }));
}

const counted = new WeakMap<Expression, readonly [Expression, Expression]>();

/** How many rows a relation leads to, and how many of them meet the condition. */
export function countsOf(expression: Extract<Expression, { type: "exists" }>): readonly [Expression, Expression] {
  let counts = counted.get(expression);
  if (counts === undefined) {
    const { row, relation, scope, where } = expression;
    const count: Expression = {
      type: "aggregate",
      function: "count",
      row,
      relation,
      scope,
      value: undefined,
      where: undefined,
      valueType: { scalar: "integer" },
    };
    counts = [count, { ...count, where }];
    counted.set(expression, counts);
  }
  return counts;
}

function rows(count: Stored): string {
  return Number(count) === 1 ? "1 row" : `${String(count)} rows`;
}

const longest = 80;

function shown(value: Stored, { scalar, scale }: ValueType): string {
  if (value === null) return "null";
  if (scalar === "bool") return Number(value) === 1 ? "true" : "false";
  if (scalar === "decimal") return JSON.stringify(decimalText(BigInt(value as bigint | number), scale ?? 2));
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = typeof value === "string" && scalar !== "json" ? JSON.stringify(value) : String(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
