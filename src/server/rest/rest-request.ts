import type { Caller, Functions, Records } from "#application";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { RestLimits } from "./rest-limits.ts";

/** What the routes under `/rest/v1` stand on. */
export interface RestPorts {
  readonly records: Records;
  readonly functions: Functions;
  readonly limits: RestLimits;
}

/** One request to a table, a row or a function. */
export interface RestRequest {
  readonly exchange: Exchange;
  readonly caller: Caller;
  /** The table or the function. */
  readonly name: string;
  /** The row's id, in `/rest/v1/<table>/<id>` alone; empty else. */
  readonly id: string;
}

export type RestHandler = (ports: RestPorts, request: RestRequest) => Promise<Answer>;
