import type { Condition, DeleteQuery, ReadQuery, Selection, UpdateQuery } from "./query.ts";

/**
 * The shape of a query: equal for two that differ in values alone. Lists behind `any` and `all` count their members, because
 * each member is a parameter of its own. Only names and structure go in, never a value.
 */
export function shapeOf(query: ReadQuery): string {
  const { table, selection, form, count = "", after, stripNulls = false, asOf, deleted = "" } = query;
  const flags = `${form} ${count} ${after === undefined ? 0 : 1} ${stripNulls} ${asOf === undefined ? 0 : 1} ${deleted}`;
  return `${flags} ${JSON.stringify(table)} ${selectionText(selection)} ${listLengths(selection, query.values).join()}${query.tagged === true ? " tagged" : ""}`;
}

const frozenTexts = new WeakMap<Selection, string>();

/** A selection that is frozen is one that many requests share: its text is made once. */
function selectionText(selection: Selection): string {
  if (!Object.isFrozen(selection)) return JSON.stringify(selection);
  let text = frozenTexts.get(selection);
  if (text === undefined) {
    text = JSON.stringify(selection);
    frozenTexts.set(selection, text);
  }
  return text;
}

/** Likewise for the part of a mutation that finds its rows. */
export function targetShapeOf(query: UpdateQuery | DeleteQuery): string {
  return JSON.stringify([
    query.table,
    query.form,
    query.where,
    query.limit,
    query.order,
    conditionLengths(query.where, query.values),
  ]);
}

function listLengths(selection: Selection, values: readonly unknown[]): readonly number[] {
  const lengths = conditionLengths(selection.where, values);
  const embeds = selection.items.filter((item) => item.type === "embed");
  return embeds.length === 0 ? lengths : [...lengths, ...embeds.flatMap((embed) => listLengths(embed.selection, values))];
}

const none: readonly number[] = [];

function conditionLengths(condition: Condition | undefined, values: readonly unknown[]): readonly number[] {
  switch (condition?.type) {
    case "and":
    case "or":
      return condition.conditions.flatMap((part) => conditionLengths(part, values));
    case "not":
      return conditionLengths(condition.condition, values);
    case "relation":
      return conditionLengths(condition.where, values);
    case "compare": {
      if (condition.quantifier === undefined) return none;
      const list = values[condition.value];
      return [Array.isArray(list) ? list.length : -1];
    }
    default:
      return none;
  }
}

/** Likewise for what a mutation returns: the written keys follow its values, so their number belongs to the shape. */
export function selectionShape(table: string, selection: Selection, form: string, values: readonly unknown[]): string {
  return JSON.stringify([table, form, selection, values.length, listLengths(selection, values)]);
}
