import type { Answer } from "./exchange.ts";
import type { HeaderPairs } from "./security-headers.ts";

/** An answer with all that every answer carries, ready to be written. */
export interface Outgoing {
  readonly status: number;
  /** Names and values in turn: the form that node:http writes without copying it first. */
  readonly headers: string[];
  readonly body: Answer["body"];
}

export interface Additions {
  /** For what the answer does not say itself, as pairs. */
  readonly defaults: HeaderPairs;
  /** Cross-origin headers; `vary` is joined with the answer's own. */
  readonly cors?: Readonly<Record<string, string>>;
  readonly requestId: string;
}

/** This runs for every request: one array is filled, and no object is copied. */
export function completeAnswer(answer: Answer, { defaults, cors, requestId }: Additions): Outgoing {
  const own = answer.headers;
  const headers: string[] = [];
  for (const name in own) {
    const value = own[name] ?? "";
    headers.push(name, name === "vary" && cors?.["vary"] !== undefined ? joinVary(value, cors["vary"]) : value);
  }
  for (const [name, value] of defaults) {
    if (own[name] !== undefined) continue;
    // An entity tag is for asking again: kept by the caller alone, and never used without asking.
    headers.push(name, name === "cache-control" && own["etag"] !== undefined ? "private, no-cache" : value);
  }
  for (const name in cors) if (own[name] === undefined) headers.push(name, cors[name] ?? "");
  headers.push("x-request-id", requestId);
  if (answer.cookies !== undefined) for (const cookie of answer.cookies) headers.push("set-cookie", cookie);
  return { status: answer.status, headers, body: answer.body };
}

function joinVary(own: string, added: string): string {
  return own.includes(added) ? own : `${own}, ${added}`;
}

/** The headers one by one. */
export function* headerPairs({ headers }: Outgoing): Generator<readonly [name: string, value: string]> {
  for (let index = 0; index < headers.length; index += 2) yield [headers[index] ?? "", headers[index + 1] ?? ""];
}
