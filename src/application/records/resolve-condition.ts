import { AppError, type Kind, kinds, type Scalar, type Stored } from "#contract";
import { type Expression, expressions, type OperatorName, type RowReference, type Table } from "#database";
import type { Comparison, Condition, Embed, FilterOperator, ValueForm } from "./query.ts";
import { findRelation, relatedExists } from "./relations.ts";
import { type ResolvedPath, type Resolver, refuseDepth, resolvePath, spend } from "./resolver.ts";
import { listText, named, type SlotParser } from "./slots.ts";

const { and, call, not, or } = expressions;

/** Where a condition stands: the table and row it is about, the embeds it may name, and how deep it is. */
export interface ConditionPlace {
  readonly table: Table;
  readonly row: RowReference;
  readonly embeds: readonly Embed[];
  readonly depth: number;
}

export function resolveCondition(resolver: Resolver, condition: Condition, place: ConditionPlace): Expression {
  switch (condition.type) {
    case "and":
      return and(...condition.conditions.map((part) => resolveCondition(resolver, part, place)));
    case "or":
      return or(...condition.conditions.map((part) => resolveCondition(resolver, part, place)));
    case "not":
      return not(resolveCondition(resolver, condition.condition, place));
    case "compare":
      spend(resolver, "conditions");
      refuseEmbed(resolver, condition.path.column, place);
      return resolveComparison(resolver, condition, place);
    case "is": {
      spend(resolver, "conditions");
      refuseEmbed(resolver, condition.path.column, place);
      const { value, valueType } = resolvePath(resolver, place.table, place.row, condition.path);
      if (condition.value === "null") return call("isNull", value);
      if (valueType.scalar !== "bool") throw mismatch(`is.${condition.value}`, condition.path.column, valueType.scalar);
      if (condition.value === "unknown") return call("isNull", value);
      return call(condition.value === "true" ? "isTrue" : "isFalse", value);
    }
    case "embedIsNull": {
      const embed = place.embeds.find((item) => (item.alias ?? item.target) === condition.embed);
      if (embed === undefined) {
        throw new AppError("notEmbedded", { message: `'${condition.embed}' is not an embedded resource of this request.` });
      }
      return not(embedExists(resolver, embed, place));
    }
    case "relation": {
      spend(resolver, "relations");
      refuseDepth(resolver, place.depth + 1);
      const relation = findRelation(resolver.view, place.table, condition.relation, undefined);
      const holds = (row: RowReference, table: Table): Expression =>
        condition.where === undefined
          ? expressions.always
          : resolveCondition(resolver, condition.where, { table, row, embeds: [], depth: place.depth + 1 });
      // every: no row for which the condition is not true. Unknown is not true, hence isTrue.
      if (condition.quantifier === "every") {
        return not(relatedExists(resolver, relation, place.row, (row, table) => not(call("isTrue", holds(row, table)))));
      }
      const some = relatedExists(resolver, relation, place.row, holds);
      return condition.quantifier === "some" ? some : not(some);
    }
  }
}

/** Of an embed only null tests can be asked, unless its name is also a column's. */
function refuseEmbed(resolver: Resolver, name: string, { table, embeds }: ConditionPlace): void {
  const isEmbed = embeds.some((embed) => (embed.alias ?? embed.target) === name);
  if (isEmbed && resolver.view.readableColumn(table, name) === undefined) throw new AppError("embedFilterNotNull");
}

/** True where the embed shows something for this row: its filters hold, and those of what it embeds with `!inner`. */
export function embedExists(resolver: Resolver, embed: Embed, place: ConditionPlace): Expression {
  spend(resolver, "relations");
  refuseDepth(resolver, place.depth + 1);
  const relation = findRelation(resolver.view, place.table, embed.target, embed.hint);
  return relatedExists(resolver, relation, place.row, (row, table) =>
    embedCondition(resolver, embed, { table, row, embeds: [], depth: place.depth + 1 }),
  );
}

/** What an embed's own selection demands of the row it leads to. */
export function embedCondition(resolver: Resolver, embed: Embed, place: ConditionPlace): Expression {
  const embeds = embed.selection.items.filter((item) => item.type === "embed");
  const inside = { ...place, embeds };
  return and(
    embed.selection.where === undefined ? undefined : resolveCondition(resolver, embed.selection.where, inside),
    ...embeds.filter((item) => item.join === "inner").map((item) => embedExists(resolver, item, inside)),
  );
}

/** What each filter operator works on, and the operator of expressions that it is. */
interface FilterEntry {
  readonly scalars: readonly Scalar[] | "all";
  readonly operator: OperatorName | undefined;
  readonly value: "single" | "list" | "json" | "text";
}

const ordered: readonly Scalar[] = ["text", "integer", "decimal", "real", "bool", "timestamp", "date"];
const equatable: readonly Scalar[] = [...ordered, "bytes"];
const text: readonly Scalar[] = ["text"];

const filterTable: { readonly [O in FilterOperator]: FilterEntry } = {
  eq: { scalars: equatable, operator: "eq", value: "single" },
  neq: { scalars: equatable, operator: "neq", value: "single" },
  gt: { scalars: ordered, operator: "gt", value: "single" },
  gte: { scalars: ordered, operator: "gte", value: "single" },
  lt: { scalars: ordered, operator: "lt", value: "single" },
  lte: { scalars: ordered, operator: "lte", value: "single" },
  isdistinct: { scalars: equatable, operator: "isDistinct", value: "single" },
  like: { scalars: text, operator: "like", value: "text" },
  ilike: { scalars: text, operator: "ilike", value: "text" },
  match: { scalars: text, operator: "match", value: "text" },
  imatch: { scalars: text, operator: "imatch", value: "text" },
  in: { scalars: ordered, operator: "in", value: "list" },
  cs: { scalars: ["json"], operator: "contains", value: "json" },
  cd: { scalars: ["json"], operator: "containedBy", value: "json" },
  ov: { scalars: ["json"], operator: "overlaps", value: "json" },
  fts: { scalars: text, operator: undefined, value: "text" },
  plfts: { scalars: text, operator: undefined, value: "text" },
  phfts: { scalars: text, operator: undefined, value: "text" },
  wfts: { scalars: text, operator: undefined, value: "text" },
};

function resolveComparison(resolver: Resolver, condition: Comparison, place: ConditionPlace): Expression {
  const entry = filterTable[condition.operator];
  const left = resolvePath(resolver, place.table, place.row, condition.path);
  const name = condition.path.column;
  if (entry.scalars !== "all" && !entry.scalars.includes(left.valueType.scalar)) {
    throw mismatch(condition.operator, name, left.valueType.scalar);
  }
  if (entry.operator === undefined) return resolveSearch(resolver, condition, place, left);
  const { operator } = entry;
  const slot = (parse: SlotParser, list: boolean, element?: number): Expression => ({
    type: "slot",
    index: resolver.slots.add(condition.value, parse, element),
    valueType:
      operator === "like" || operator === "ilike" || operator === "match" || operator === "imatch"
        ? { scalar: "text" }
        : left.valueType,
    list,
  });
  const single = singleParser(entry.value, left, name, resolver.form);
  if (condition.quantifier !== undefined) {
    const members = resolver.values[condition.value];
    if (!Array.isArray(members)) throw new AppError("invalidValue", { message: `The value for '${name}' must be a list.` });
    const each = members.map((_, element) => {
      spend(resolver, "conditions");
      return call(operator, left.value, slot(single, false, element));
    });
    return condition.quantifier === "any" ? or(...each) : and(...each);
  }
  return call(
    operator,
    left.value,
    entry.value === "list" ? slot(listParser(resolver, single, name), true) : slot(single, false),
  );
}

function singleParser(value: FilterEntry["value"], left: ResolvedPath, name: string, form: ValueForm): SlotParser {
  if (value === "text") return named(name, (given) => kinds.text.fromJson(given, {}));
  if (value === "json")
    return named(name, (given) =>
      form === "text" && typeof given === "string" ? kinds.json.fromText(given, {}) : kinds.json.fromJson(given, {}),
    );
  const kind = filterKind(left.kind);
  return named(name, (given) =>
    form === "text" && typeof given === "string" ? kind.fromText(given, left.options) : kind.fromJson(given, left.options),
  );
}

/** A filter may ask for text that no row could hold: it finds nothing, which is not a mistake. */
function filterKind(kind: Kind): Kind {
  return kind.name === "email" || kind.name === "url" ? kinds.text : kind;
}

function listParser(resolver: Resolver, single: SlotParser, name: string): SlotParser {
  const { maxListLength } = resolver.limits;
  return (given): Stored => {
    if (!Array.isArray(given)) throw new AppError("invalidValue", { message: `The value for '${name}' must be a list.` });
    if (given.length > maxListLength) {
      throw new AppError("limitExceeded", { message: `A list may have at most ${maxListLength} members.` });
    }
    return listText(given.map((item) => single(item)));
  };
}

function resolveSearch(resolver: Resolver, condition: Comparison, place: ConditionPlace, left: ResolvedPath): Expression {
  const name = condition.path.column;
  if (condition.path.json.length > 0 || !place.table.searchColumns.includes(name)) {
    throw new AppError("operatorMismatch", {
      message: `The column '${name}' has no full-text search.`,
      hint: "Its definition would need .search(); like and ilike work on every text.",
    });
  }
  const index = resolver.slots.add(
    condition.value,
    named(name, (given) => kinds.text.fromJson(given, {})),
  );
  const match: Expression = {
    type: "search",
    row: place.row,
    table: place.table.name,
    columns: [name],
    query: { type: "slot", index, valueType: { scalar: "text" }, list: false },
    syntax: condition.operator as "fts" | "plfts" | "phfts" | "wfts",
  };
  // A field rule hides the column in some rows: the index must not tell what stands there.
  return left.value.type === "when" ? and(left.value.condition, match) : match;
}

function mismatch(operator: string, name: string, scalar: Scalar): AppError {
  return new AppError("operatorMismatch", {
    message: `The operator '${operator}' does not work on '${name}', which is ${scalar}.`,
  });
}
