import type { Stored } from "#contract";
import { constant, type Dialect, type Sql } from "#database";

/** A list of row numbers as a subquery. */
export function keyList(dialect: Dialect, keys: readonly Stored[]): Sql {
  return dialect.listItems(constant(`[${keys.join(",")}]`), { scalar: "integer" }, (item) => item);
}
