import type { Exchange } from "./exchange.ts";

/** What else stands in the path of a row is a name there: no row has a POST, so that nobody's id is meant. */
const QUERY = "query";

/** Whether this is a read whose query string is the body: POST of `/rest/v1/<table>/query`. It is a GET in everything but its form. */
export function isReadByPost({ method, segments }: Pick<Exchange, "method" | "segments">): boolean {
  return (
    method === "POST" &&
    segments.length === 4 &&
    segments[3] === QUERY &&
    segments[2] !== "rpc" &&
    segments[0] === "rest" &&
    segments[1] === "v1"
  );
}
