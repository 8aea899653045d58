import type { Db, OrderBy, Where } from "chassis";
import type { FinderQuery } from "../pages/finder.ts";
import type { schema } from "../schema.ts";
import type { Place } from "./cursor.ts";

/** The data as one caller may see and change it. */
export type Data = Db<typeof schema>;
export type SchoolWhere = Where<typeof schema, "schools">;

/**
 * Which schools are found: those with every word in their name, or in their other names, each at least as a beginning.
 * Whether a school is featured is not asked here, nor in the order.
 */
export function finderWhere({ words, country }: FinderQuery): SchoolWhere {
  const searchQuery = searchOf(words);
  return {
    ...(words === "" ? {} : { or: [{ name: { searchQuery } }, { other_names: { searchQuery } }] }),
    ...(country === "" ? {} : { country }),
  };
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

export function finderOrder(sort: FinderQuery["sort"], direction: Direction): OrderBy<"score" | "sort_name" | "domain"> {
  const [up, down] = direction === "forward" ? (["asc", "desc"] as const) : (["desc", "asc"] as const);
  return { ...(sort === "name" ? {} : { score: down }), sort_name: up, domain: up };
}

/** The schools beyond a place in the finder's order: pages that start there neither skip nor repeat one. */
export function beyond(sort: FinderQuery["sort"], { place, direction }: { place: Place; direction: Direction }): SchoolWhere {
  const { name, domain, score } = place;
  const forward = direction === "forward";
  // Said so that an index on the name is walked from the place on: a lone `or` would read all before it too.
  const byName: SchoolWhere = forward
    ? { sort_name: { gte: name }, or: [{ sort_name: { gt: name } }, { domain: { gt: domain } }] }
    : { sort_name: { lte: name }, or: [{ sort_name: { lt: name } }, { domain: { lt: domain } }] };
  if (sort === "name") return byName;
  return { or: [{ score: forward ? { lt: score } : { gt: score } }, { score, and: [byName] }] };
}
