import type { Author } from "#database";
import { type Caller, system } from "./caller.ts";

/** Who a change is put down to: in the history of a row, in the commit feed, in the audit log; with the request by which they made it. */
export function authorOf(caller: Caller, requestId?: string): Author {
  const request = requestId === undefined ? {} : { requestId };
  if (caller === system) return { id: null, system: true, ...request };
  const behind = caller?.impersonator === undefined ? {} : { impersonator: caller.impersonator.id };
  return { id: caller?.id ?? null, system: false, ...behind, ...request };
}
