import { AppError, type Kind, kinds, type Scalar, type Stored } from "#contract";
import { type Expression, expressions, type RowReference, type Table } from "#database";
import { comparables, filterOperators, type FilterValue } from "./filter-operators.ts";
import type { Comparison, ValueForm } from "./query.ts";
import { type ResolvedPath, type Resolver, resolvePath, spend } from "./resolver.ts";
import { listText, named, type SlotParser } from "./slots.ts";

const { and, call, or } = expressions;

/** The row that a comparison is about. */
interface RowPlace {
  readonly table: Table;
  readonly row: RowReference;
}

/** A comparison with a value. Throws `operatorMismatch` and `invalidValue`. */
export function resolveComparison(resolver: Resolver, condition: Comparison, place: RowPlace): Expression {
  const entry = filterOperators[condition.operator];
  const left = resolvePath(resolver, place.table, place.row, condition.path);
  const name = condition.path.column;
  if (!comparables[entry.compares].includes(left.valueType.scalar)) {
    throw mismatch(condition.operator, name, left.valueType.scalar);
  }
  if (entry.operator === "search") return resolveSearch(resolver, condition, place, left);
  const { operator } = entry;
  const slot = (parse: SlotParser, list: boolean, element?: number): Expression => ({
    type: "slot",
    index: resolver.slots.add(condition.value, parse, element),
    valueType: left.valueType,
    list,
  });
  const single = singleParser(entry.value, left, name, resolver.form);
  const isPattern = operator === "match" || operator === "imatch";
  if (condition.quantifier !== undefined) {
    const members = resolver.values[condition.value];
    if (!Array.isArray(members)) throw new AppError("invalidValue", { message: `The value for '${name}' must be a list.` });
    const each = members.map((_, element) => {
      spend(resolver, "conditions");
      if (isPattern) spend(resolver, "regular expressions");
      return call(operator, left.value, slot(single, false, element));
    });
    return condition.quantifier === "any" ? or(...each) : and(...each);
  }
  if (isPattern) spend(resolver, "regular expressions");
  return call(
    operator,
    left.value,
    entry.value === "list" ? slot(listParser(resolver, single, name), true) : slot(single, false),
  );
}

function singleParser(value: FilterValue, left: ResolvedPath, name: string, form: ValueForm): SlotParser {
  if (value === "text" || value === "pattern") return named(name, (given) => kinds.text.fromJson(given, {}));
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

function resolveSearch(resolver: Resolver, condition: Comparison, place: RowPlace, left: ResolvedPath): Expression {
  spend(resolver, "searches");
  const name = condition.path.column;
  if (resolver.past !== undefined) {
    throw new AppError("notSupported", {
      message: "Full-text search finds the rows of today alone.",
      hint: "With asOf use like or ilike.",
    });
  }
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

export function mismatch(operator: string, name: string, scalar: Scalar): AppError {
  return new AppError("operatorMismatch", {
    message: `The operator '${operator}' does not work on '${name}', which is ${scalar}.`,
  });
}
