import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import type { Caller } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import { isReadByPost } from "../http/read-by-post.ts";
import { type CallerLimits, noCallerLimits } from "./caller-limits.ts";
import { HELD_TIME, runBatch } from "./batch/batch.ts";
import { callFunction, functionMethods } from "./call/call-function.ts";
import { deleteRows } from "./write/delete-rows.ts";
import { once } from "./body/once.ts";
import { insertRows } from "./write/insert-rows.ts";
import { checkProfile } from "./headers/profile.ts";
import { readByBody } from "./read/read-by-body.ts";
import { readRow } from "./read/read-row.ts";
import { readTable } from "./read/read-table.ts";
import { defaultRestLimits, type RestLimits } from "./rest-limits.ts";
import type { RestHandler, RestPorts } from "./rest-request.ts";
import { answerOptions, rowMethods, tableMethods } from "./table-options.ts";
import { restoreRow } from "./write/restore-row.ts";
import { readRowVersions } from "./read/row-versions.ts";
import { updateRows } from "./write/update-rows.ts";
import { upsertRow } from "./write/upsert-row.ts";

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

/** What can be asked of a row by a name behind its id. */
const rowActions: ReadonlyMap<string, { readonly allow: string; readonly handlers: ReadonlyMap<string, RestHandler> }> = new Map([
  [
    "versions",
    {
      allow: "OPTIONS,GET,HEAD",
      handlers: new Map([
        ["GET", readRowVersions],
        ["HEAD", readRowVersions],
      ]),
    },
  ],
  ["restore", { allow: "OPTIONS,POST", handlers: new Map([["POST", restoreRow]]) }],
]);

/** What a request for rows asks of the rules of its table. */
export type RowRequest = "read" | "create" | "update" | "delete" | "upsert" | "history" | "restore";

const asked: ReadonlyMap<RestHandler, RowRequest> = new Map([
  [readTable, "read"],
  [readRow, "read"],
  [insertRows, "create"],
  [updateRows, "update"],
  [upsertRow, "upsert"],
  [deleteRows, "delete"],
  [readRowVersions, "history"],
  [restoreRow, "restore"],
]);

/** A path of the data API with a method that it answers. */
export type RestPath = { readonly path: string; readonly method: string } & (
  | { readonly table: string; readonly request: RowRequest }
  | { readonly function: string }
);

/** Every path below `/rest/v1` that is there for these tables and functions, from the same tables that answer them. */
export function* listRestPaths({
  tables,
  functions,
}: {
  readonly tables: Iterable<string>;
  readonly functions: Iterable<readonly [name: string, { readonly type: "query" | "mutation" }]>;
}): Generator<RestPath> {
  const named = (
    methods: ReadonlyMap<string, RestHandler>,
  ): readonly { readonly method: string; readonly request: RowRequest }[] =>
    [...methods].flatMap(([method, handler]) => {
      const request = asked.get(handler);
      return request === undefined ? [] : [{ method, request }];
    });
  for (const table of tables) {
    const path = `/rest/v1/${table}`;
    for (const each of named(tableHandlers)) yield { path, ...each, table };
    yield { path: `${path}/query`, method: "POST", request: "read", table };
    for (const each of named(rowHandlers)) yield { path: `${path}/<id>`, ...each, table };
    for (const [action, { handlers }] of rowActions)
      for (const each of named(handlers)) yield { path: `${path}/<id>/${action}`, ...each, table };
  }
  for (const [name, { type }] of functions)
    for (const method of functionMethods[type].split(","))
      if (method !== "OPTIONS") yield { path: `/rest/v1/rpc/${name}`, method, function: name };
}

/** How many segments `/rest/v1` is. */
const prefixLength = 2;

export interface RestOptions extends Omit<RestPorts, "limits" | "room" | "callers"> {
  /** By default nobody is counted. */
  readonly callers?: CallerLimits;
  readonly limits?: Partial<RestLimits>;
  /** The folder for bodies that are too large for memory; by default the system's for temporary files. */
  readonly spoolDirectory?: string;
}

export type Rest = (exchange: Exchange, caller: Caller) => Promise<Answer>;

/**
 * Everything under `/rest/v1`: tables, their rows, functions under `rpc`, and batches of all these at `/rest/v1` itself. Rejects with
 * `AppError` for whatever is wrong with the request, and with `noDescription` for a read of `/rest/v1`.
 */
export function createRest(options: RestOptions): Rest {
  const given = { ...defaultRestLimits, ...options.limits };
  // What an address may say, a body may.
  const limits = Object.freeze({ ...given, queryBytes: Math.max(given.queryBytes, given.urlLength) });
  const ports: RestPorts = {
    records: options.records,
    functions: options.functions,
    units: options.units,
    idempotency: options.idempotency,
    limits,
    callers: options.callers ?? noCallerLimits,
    room: {
      directory: options.spoolDirectory ?? tmpdir(),
      maxFiles: limits.bulkAtOnce,
      uuid: randomUUID,
      files: 0,
      held: new Map(),
    },
  };
  const { callers } = ports;
  return (exchange, caller) =>
    callers.during(exchange, caller, () =>
      exchange.segments.length > prefixLength ? answerPart(ports, exchange, caller) : answerRoot(ports, exchange, caller),
    );
}

/** `/rest/v1` itself. */
async function answerRoot(ports: RestPorts, exchange: Exchange, caller: Caller): Promise<Answer> {
  if (exchange.method === "OPTIONS") return answerOptions("OPTIONS,POST");
  if (exchange.method !== "POST") throw new AppError("noDescription");
  return once({ ports, exchange, caller, heldLimit: HELD_TIME }, (own, given) => runBatch(own, given, caller, answerPart));
}

/** A row may have the name by which a query is asked for in a body: its address then takes both. */
function rowMethodsAt(segments: readonly string[]): string {
  return isReadByPost({ method: "POST", segments }) ? `${rowMethods},POST` : rowMethods;
}

/** One request for a table, a row or a function: by itself, or as a part of a batch. */
async function answerPart(ports: RestPorts, exchange: Exchange, caller: Caller): Promise<Answer> {
  const { segments, method } = exchange;
  const name = segments[prefixLength];
  const second = segments[prefixLength + 1];
  const action = rowActions.get(segments[prefixLength + 2] ?? "");
  const most = prefixLength + (action === undefined || name === "rpc" ? 2 : 3);
  if (name === undefined || segments.length > most) throw new AppError("invalidPath");
  if (name === "rpc") {
    if (second === undefined) throw new AppError("invalidPath");
    checkProfile(exchange);
    const call = (own: RestPorts, given: Exchange): Promise<Answer> =>
      callFunction(own, { exchange: given, caller, name: second, id: "" });
    // Of a query there is nothing that must happen once.
    const isMutation = method === "POST" && ports.functions.find(second, caller)?.type === "mutation";
    return isMutation ? once({ ports, exchange, caller }, call) : call(ports, exchange);
  }
  if (isReadByPost(exchange)) return readByBody(ports, { exchange, caller, name, id: "" });
  const allow = action?.allow ?? (second === undefined ? tableMethods : rowMethodsAt(segments));
  if (method === "OPTIONS") return answerOptions(allow);
  const handlers = action?.handlers ?? (second === undefined ? tableHandlers : rowHandlers);
  const handler = handlers.get(method);
  if (handler === undefined) throw new AppError("methodNotAllowed", { hint: `Allowed: ${allow}.`, headers: { allow } });
  checkProfile(exchange);
  const bulkInto = handler === insertRows ? name : undefined;
  return once({ ports, exchange, caller, bulkInto }, (own, given) =>
    handler(own, { exchange: given, caller, name, id: second ?? "" }),
  );
}
