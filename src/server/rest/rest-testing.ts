import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  Caller,
  CallOptions,
  Functions,
  Idempotency,
  MutationQuery,
  MutationResult,
  ReadQuery,
  ReadResult,
  Records,
  RunUnit,
} from "#application";
import { unknownClient } from "../clients/read-client.ts";
import type { Answer, Exchange } from "../http/exchange.ts";
import { createRest } from "./rest-routes.ts";

/** Records that answer what they are told to, and remember what they were asked. */
export class RecordedRecords implements Records {
  readonly asked: (ReadQuery | MutationQuery)[] = [];
  readonly callers: Caller[] = [];
  readonly #read: Partial<ReadResult>;
  readonly #write: Partial<MutationResult>;

  constructor(read: Partial<ReadResult> = {}, write: Partial<MutationResult> = {}) {
    this.#read = read;
    this.#write = write;
  }

  async read(query: ReadQuery, caller: Caller): Promise<ReadResult> {
    this.asked.push(query);
    this.callers.push(caller);
    return { json: "[]", rows: 0, ...this.#read };
  }

  async write(query: MutationQuery, caller: Caller): Promise<MutationResult> {
    this.asked.push(query);
    this.callers.push(caller);
    return { affected: 1, ...this.#write };
  }
}

export type Implementation = { readonly type: "query" | "mutation"; readonly run: (input: unknown) => unknown };

/** Functions that run `verify` on their result as a real mutation does before it commits. */
export function functionsOf(
  implementations: Readonly<Record<string, Implementation>>,
): Functions & { readonly calls: CallOptions[] } {
  const byName = new Map(Object.entries(implementations));
  const calls: CallOptions[] = [];
  return {
    calls,
    find: (name) => byName.get(name),
    names: () => [...byName.keys()],
    async call(name, input, _caller, options) {
      calls.push(options);
      const result = await byName.get(name)?.run(input);
      options.verify?.(result);
      return result;
    },
  };
}

const refused = (): never => {
  throw new Error("This test has no database.");
};
/** For requests that stand alone and carry no key. */
export const noUnits: RunUnit = async () => refused();
export const nothingKept: Idempotency = { find: async () => refused(), keep: async () => refused() };

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function exchangeOf(url: string, { method = "GET", headers = {}, body = "" }: Sent): Exchange {
  const [path = "", search = ""] = url.split("?", 2);
  return {
    method,
    segments: path.split("/").slice(1).map(decodeURIComponent),
    search,
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    body: async () => (typeof body === "string" ? new TextEncoder().encode(body) : body),
    async *stream() {
      yield await this.body();
    },
    signal: new AbortController().signal,
    requestId: "1",
    tell() {},
    remoteAddress: undefined,
    client: unknownClient,
  };
}

export async function send(
  url: string,
  sent: Sent = {},
  {
    read,
    write,
    functions = {},
  }: { read?: Partial<ReadResult>; write?: Partial<MutationResult>; functions?: Readonly<Record<string, Implementation>> } = {},
): Promise<{ answer: Answer; asked: readonly (ReadQuery | MutationQuery)[]; calls: readonly CallOptions[] }> {
  const records = new RecordedRecords(read, write);
  const port = functionsOf(functions);
  const answer = await createRest({ records, functions: port, units: noUnits, idempotency: nothingKept })(
    exchangeOf(`/rest/v1/${url}`, sent),
    null,
  );
  return { answer, asked: records.asked, calls: port.calls };
}

export const two: ReadResult = { json: '[{"id":1},{"id":2}]', rows: 2 };
export const one: ReadResult = { json: '[{"id":1}]', rows: 1 };
export const representation: MutationResult = { affected: 1, json: '[{"id":1}]' };
export const asObject: Readonly<Record<string, string>> = { accept: "application/vnd.pgrst.object+json" };

export function prefer(
  value: string,
  more: Readonly<Record<string, string>> = {},
): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { prefer: value, ...more } };
}

export interface Scenario {
  readonly name: string;
  readonly url: string;
  readonly sent?: Sent;
  readonly read?: Partial<ReadResult>;
  readonly write?: Partial<MutationResult>;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly query?: object;
}

export function runScenarios(scenarios: readonly Scenario[]): void {
  for (const { name, url, sent, read, write, status, headers = {}, query, ...expected } of scenarios) {
    test(`${sent?.method ?? "GET"} ${url}: ${name}`, async () => {
      const { answer, asked } = await send(url, sent, { ...(read && { read }), ...(write && { write }) });
      assert.equal(answer.status, status);
      for (const [header, value] of Object.entries(headers)) assert.equal(answer.headers[header], value, header);
      if ("body" in expected) assert.equal(answer.body, expected.body);
      if (query !== undefined) assert.partialDeepStrictEqual(asked[0], query);
      if (query !== undefined && "values" in query) assert.deepEqual(asked[0]?.values, query.values);
    });
  }
}
