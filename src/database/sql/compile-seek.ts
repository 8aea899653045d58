import type { OrderPlan, Seek } from "../query/select-plan.ts";
import { compileExpression, type CompileContext } from "./compile-expression.ts";
import { bind, join, raw, type Sql, sql } from "./sql.ts";

/**
 * The rows after a place in an order. Where all terms run the same way and none can be null this is one comparison of row
 * values, which an index over the terms answers by a single descent, however deep the page; else it is spelled out.
 */
export function compileSeek(seek: Seek, context: CompileContext): Sql {
  const terms = seek.order.map((term, index) => ({
    term,
    value: compileExpression(term.value, context),
    slot: seek.slots[index],
  }));
  const [first] = terms;
  const uniform = terms.every(({ term }) => !term.nullable && term.direction === first?.term.direction);
  if (uniform) {
    const values = terms.map(({ value }) => value);
    const places = terms.map(({ slot }) => place(slot));
    return sql`(${join(values, ", ")}) ${raw(first?.term.direction === "desc" ? "<" : ">")} (${join(places, ", ")})`;
  }
  const alternatives: Sql[] = [];
  const equals: Sql[] = [];
  for (const { term, value, slot } of terms) {
    const beyond = beyondTerm(term, value, slot);
    if (beyond !== undefined) alternatives.push(join([...equals, beyond], " AND "));
    equals.push(slot === undefined ? sql`${value} IS NULL` : sql`${value} = ${place(slot)}`);
  }
  return sql`(${join(
    alternatives.map((part) => sql`(${part})`),
    " OR ",
  )})`;
}

function beyondTerm(term: OrderPlan, value: Sql, slot: number | undefined): Sql | undefined {
  if (slot === undefined) return term.nulls === "first" ? sql`${value} IS NOT NULL` : undefined;
  const beyond = sql`${value} ${raw(term.direction === "asc" ? ">" : "<")} ${place(slot)}`;
  return term.nullable && term.nulls === "last" ? sql`(${beyond} OR ${value} IS NULL)` : beyond;
}

function place(slot: number | undefined): Sql {
  return slot === undefined ? raw("NULL") : bind({ type: "slot", index: slot });
}
