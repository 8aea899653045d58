import type { Caller } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import { callFunction } from "./call-function.ts";
import { deleteRows } from "./delete-rows.ts";
import { insertRows } from "./insert-rows.ts";
import { checkProfile } from "./profile.ts";
import { readRow } from "./read-row.ts";
import { readTable } from "./read-table.ts";
import { defaultRestLimits, type RestLimits } from "./rest-limits.ts";
import type { RestHandler, RestPorts } from "./rest-request.ts";
import { answerOptions, rowMethods, tableMethods } from "./table-options.ts";
import { updateRows } from "./update-rows.ts";
import { upsertRow } from "./upsert-row.ts";

const tableHandlers: ReadonlyMap<string, RestHandler> = new Map([
  ["GET", readTable],
  ["HEAD", readTable],
  ["POST", insertRows],
  ["PATCH", updateRows],
  ["PUT", upsertRow],
  ["DELETE", deleteRows],
]);

const rowHandlers: ReadonlyMap<string, RestHandler> = new Map([
  ["GET", readRow],
  ["HEAD", readRow],
  ["PATCH", updateRows],
  ["PUT", upsertRow],
  ["DELETE", deleteRows],
]);

/** How many segments `/rest/v1` is. */
const prefixLength = 2;

export type Rest = (exchange: Exchange, caller: Caller) => Promise<Answer>;

/**
 * Everything under `/rest/v1`: tables, their rows, and functions under `rpc`. Rejects with `AppError` for whatever is wrong
 * with the request, and with `noDescription` for `/rest/v1` itself.
 */
export function createRest(options: Omit<RestPorts, "limits"> & { readonly limits?: Partial<RestLimits> }): Rest {
  const ports: RestPorts = {
    records: options.records,
    functions: options.functions,
    limits: Object.freeze({ ...defaultRestLimits, ...options.limits }),
  };
  return async (exchange, caller) => {
    const { segments, method } = exchange;
    const name = segments[prefixLength];
    const second = segments[prefixLength + 1];
    if (name === undefined) throw new AppError("noDescription");
    if (segments.length > prefixLength + 2) throw new AppError("invalidPath");
    if (name === "rpc") {
      if (second === undefined) throw new AppError("invalidPath");
      checkProfile(exchange);
      return callFunction(ports, { exchange, caller, name: second, id: "" });
    }
    const allow = second === undefined ? tableMethods : rowMethods;
    if (method === "OPTIONS") return answerOptions(allow);
    const handler = (second === undefined ? tableHandlers : rowHandlers).get(method);
    if (handler === undefined) throw new AppError("methodNotAllowed", { hint: `Allowed: ${allow}.`, headers: { allow } });
    checkProfile(exchange);
    return handler(ports, { exchange, caller, name, id: second ?? "" });
  };
}
