import { entriesOf } from "./entries-of.ts";
import type { ApiRequest, Plan } from "./request.ts";
import { segment } from "./segment.ts";
import { toJson } from "./to-json.ts";
import { writeSearch } from "./write-selection.ts";

/** Parameters of an address that are no arguments. */
const reserved: ReadonlySet<string> = new Set(["select", "order", "and", "or", "columns", "limit", "offset"]);

/** Characters of an address that every server between here and there takes. */
const longestSearch = 2000;

/** A call of a function. By POST its input is exact, and under a key a mutation happens once; of a query there is nothing that must. */
export function planFunction(name: string, input: unknown, method: "GET" | "POST" = "POST"): Plan<unknown> {
  const path = `/rest/v1/rpc/${segment(name, "There is no function of that name.")}`;
  return {
    request: (method === "GET" ? byAddress(path, input) : undefined) ?? {
      method: "POST",
      path,
      keyed: true,
      body: input,
    },
    read: ({ body }) => body,
  };
}

/** Undefined for what an address cannot say, or not well. */
function byAddress(path: string, input: unknown = {}): ApiRequest | undefined {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
  const given = entriesOf(input as Readonly<Record<string, unknown>>);
  if (given.some(([key]) => key === "" || reserved.has(key))) return undefined;
  const texts = given.map(([key, value]) => [key, typeof value === "string" ? value : toJson(value)] as const);
  const search = writeSearch(texts);
  return search.length > longestSearch ? undefined : { method: "GET", path: path + search };
}
