import type { Db } from "chassis";
import type { FinderQuery } from "../pages/finder.ts";
import type { schema } from "../schema.ts";
import type { Place } from "./cursor.ts";

/** The data as one caller may see and change it. */
export type Data = Db<typeof schema>;
export type ReadQuery = Parameters<Data["read"]>[0];
export type MutationQuery = Parameters<Data["write"]>[0];
export type Selection = ReadQuery["selection"];
export type SelectItem = Selection["items"][number];
export type Condition = NonNullable<Selection["where"]>;
type OrderTerm = NonNullable<Selection["order"]>[number];
type Path = OrderTerm["path"];

/** The values of a query under construction: conditions hold their numbers. */
export class QueryValues {
  readonly list: unknown[] = [];

  add(value: unknown): number {
    return this.list.push(value) - 1;
  }
}

export function path(column: string): Path {
  return { column, json: [] };
}

type Operator = "eq" | "gt" | "gte" | "lt" | "lte" | "fts" | "in";

export function compare(values: QueryValues, column: string, operator: Operator, value: unknown): Condition {
  return { type: "compare", path: path(column), operator, value: values.add(value) };
}

export function all(...conditions: readonly Condition[]): Condition {
  return { type: "and", conditions };
}

export function any(...conditions: readonly Condition[]): Condition {
  return { type: "or", conditions };
}

/**
 * Which schools are found: those with every word in their name, or in their other names, each at least as a beginning.
 * Undefined asks for all. Whether a school is featured is not asked here, nor in the order.
 */
export function finderCondition(values: QueryValues, { words, country }: FinderQuery): Condition | undefined {
  const conditions: Condition[] = [];
  if (words !== "") {
    const search = searchOf(words);
    conditions.push(any(compare(values, "name", "fts", search), compare(values, "other_names", "fts", search)));
  }
  if (country !== "") conditions.push(compare(values, "country", "eq", country));
  return conditions.length === 0 ? undefined : all(...conditions);
}

/** At most sixteen words, quoted for the search's grammar, where `:*` takes a word as a beginning. */
function searchOf(words: string): string {
  const found = words.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return found
    .slice(0, 16)
    .map((word) => `'${word}':*`)
    .join(" & ");
}

export type Direction = "forward" | "backward";

export function finderOrder(sort: FinderQuery["sort"], direction: Direction): readonly OrderTerm[] {
  const [up, down] = direction === "forward" ? (["asc", "desc"] as const) : (["desc", "asc"] as const);
  const byName: readonly OrderTerm[] = [
    { path: path("sort_name"), direction: up },
    { path: path("domain"), direction: up },
  ];
  return sort === "name" ? byName : [{ path: path("score"), direction: down }, ...byName];
}

/** The schools beyond a place in the finder's order: pages that start there neither skip nor repeat one. */
export function beyond(
  values: QueryValues,
  sort: FinderQuery["sort"],
  { place, direction }: { place: Place; direction: Direction },
): Condition {
  const [after, from, lower] = direction === "forward" ? (["gt", "gte", "lt"] as const) : (["lt", "lte", "gt"] as const);
  // Said so that an index on the name is walked from the place on: a lone `or` would read all before it too.
  const byName = all(
    compare(values, "sort_name", from, place.name),
    any(compare(values, "sort_name", after, place.name), compare(values, "domain", after, place.domain)),
  );
  if (sort === "name") return byName;
  return any(compare(values, "score", lower, place.score), all(compare(values, "score", "eq", place.score), byName));
}
