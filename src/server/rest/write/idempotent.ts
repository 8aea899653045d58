import { createHash } from "node:crypto";
import { authorOf, type Caller, callerName, type KeptAnswer } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { grammarHeaders } from "../grammar/grammar-headers.ts";
import { parseIdempotencyKey } from "../headers/idempotency-key.ts";
import type { RestLimits } from "../rest-limits.ts";
import { inUnit, type RestPorts } from "../rest-request.ts";

/** Who uses which key. */
export interface KeyedCaller {
  readonly key: string;
  readonly caller: Exclude<Caller, null | symbol>;
}

/** Throws `invalidHeader` for what is no key, and `signInRequired` where nobody in particular asks. */
export function keyedCaller(header: string, caller: Caller): KeyedCaller {
  const key = parseIdempotencyKey(header);
  if (caller === null || typeof caller === "symbol") {
    throw new AppError("signInRequired", {
      message: "An Idempotency-Key needs a signed-in caller.",
      details: "Of callers who are nobody, one could not be told from another who guessed the key.",
      hint: "Without a token, choose the row's id yourself: the second of two equal inserts is then refused as one that exists.",
    });
  }
  return { key, caller };
}

export interface KeyedRequest extends KeyedCaller {
  readonly exchange: Exchange;
  /** Of all that the body said. */
  readonly bodyHash: string;
  /** The body is one that is written as a stream, which may take its time. */
  readonly isLong?: boolean;
  /** Milliseconds that one of its parts may hold everybody up: of a batch. */
  readonly heldLimit?: number | undefined;
}

/**
 * Does a write once, however often it is asked for under one Idempotency-Key, and gives the same answer each time: looked up and kept in the
 * transaction of the write itself, so that neither is ever there without the other. Whoever sends the key while the first request
 * is under way waits for their turn to write, and then finds its answer. What fails is undone and keeps nothing.
 */
export async function answerOnce(
  ports: RestPorts,
  { key, caller, exchange, bodyHash, isLong = false, heldLimit }: KeyedRequest,
  write: (ports: RestPorts) => Promise<Answer>,
): Promise<Answer> {
  const request = { caller: callerName(caller), key, fingerprint: fingerprintOf(exchange, bodyHash) };
  return ports.units(
    async (unit) => {
      const kept = await ports.idempotency.find(unit.connection, request);
      if (kept !== undefined) return { ...kept, headers: { ...kept.headers, "idempotency-replayed": "true" } };
      const answer = await write(inUnit(ports, unit));
      await ports.idempotency.keep(unit.connection, request, keptForm(answer, ports.limits));
      return answer;
    },
    {
      signal: exchange.signal,
      author: authorOf(caller, exchange.requestId),
      ...(heldLimit === undefined ? {} : { heldLimit }),
      ...(isLong ? { timeLimit: ports.limits.bulkTime } : {}),
    },
  );
}

/** Throws `limitExceeded`, and so undoes the work, where the answer is too large to be kept. */
function keptForm({ status, headers, body }: Answer, limits: RestLimits): KeptAnswer {
  if (body !== undefined && typeof body !== "string") throw new Error("The answer to a write is a text.");
  if (body !== undefined && Buffer.byteLength(body) > limits.idempotencyBytes) {
    throw new AppError("limitExceeded", {
      message: `The answer is too large to be kept for its Idempotency-Key: the limit is ${limits.idempotencyBytes} (idempotencyBytes).`,
      details: "Nothing was written.",
      hint: "Ask for less of it with select, or for none of it with 'Prefer: return=minimal'.",
    });
  }
  return { status, headers, body };
}

function fingerprintOf(exchange: Exchange, bodyHash: string): string {
  const { method, segments, search } = exchange;
  // With another value of a header that the grammar reads it is another request. JSON keeps the parts apart: no two requests that differ are the same text.
  const parts = [method, segments, search, grammarHeaders.map((name) => exchange.header(name) ?? null), bodyHash];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

export function hashBody(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("base64url");
}
