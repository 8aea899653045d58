import type { Caller, Functions, Idempotency, Records, RunUnit, UnitOfWork } from "#application";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { CallerLimits } from "./caller-limits.ts";
import type { SpoolRoom } from "./body/body-spool.ts";
import type { RestLimits } from "./rest-limits.ts";

/** What the routes under `/rest/v1` stand on. */
export interface RestPorts {
  readonly records: Records;
  readonly functions: Functions;
  /** Opens a transaction for what has to be written together. */
  readonly units: RunUnit;
  readonly idempotency: Idempotency;
  readonly limits: RestLimits;
  readonly callers: CallerLimits;
  /** Where large bodies wait for their turn to be written. */
  readonly room: SpoolRoom;
}

/** The same ports for work within a transaction: what would open one of its own takes part in it. */
export function inUnit(ports: RestPorts, unit: UnitOfWork): RestPorts {
  return { ...ports, records: unit.records, functions: unit.functions, units: (work) => work(unit) };
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
