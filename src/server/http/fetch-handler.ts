import type { Clock, IdSource } from "#base";
import { AppError } from "#contract";
import { Addressed } from "./addressed.ts";
import { limitBody, readBody, refuseEncodedBody, requestWithBody } from "./body.ts";
import { type FetchHandler, toResponse } from "./fetch-bridge.ts";
import { expiry } from "./expiry.ts";
import { InFlight, type Unanswered } from "./in-flight.ts";
import type { Incoming, Respond } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import { refusal } from "./refusal.ts";
import { formatTarget } from "./target.ts";

export interface FetchHandlerOptions {
  readonly respond: Respond;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** The whole server as one fetch handler, with the same limits on a request as the listener's. */
export interface FetchServer {
  readonly fetch: FetchHandler;
  /** Answers what is under way, for at most `patience` milliseconds, and from now on `unavailable`. */
  readonly close: (patience: number) => Promise<void>;
}

export function createFetchServer({ respond, limits, clock, ids }: FetchHandlerOptions): FetchServer {
  const inFlight = new InFlight(clock, limits.answerTimeout);
  let closed = false;
  return {
    async fetch(request) {
      if (closed)
        return toResponse(refusal(new AppError("unavailable", { headers: { "retry-after": "1" } }), ids.uuid()), request.method);
      const exchange = new FetchExchange(request, { requestId: ids.uuid(), clock, limits });
      inFlight.add(exchange);
      try {
        const answer = await Promise.race([respond(exchange), exchange.expired]);
        return toResponse(answer ?? refusal(expiry(request.method), exchange.requestId), request.method);
      } finally {
        inFlight.delete(exchange);
      }
    },
    async close(patience) {
      closed = true;
      await inFlight.drained(patience);
      inFlight.close();
    },
  };
}

class FetchExchange extends Addressed implements Incoming, Unanswered {
  readonly requestId: string;
  readonly remoteAddress: undefined;
  started: number;
  /** Resolves, with nothing, when the time for an answer is over. */
  readonly expired: Promise<undefined>;
  readonly #request: Request;
  readonly #limits: HttpLimits;
  readonly #clock: Clock;
  readonly #expiry = Promise.withResolvers<undefined>();
  readonly #abort = new AbortController();
  #signal: AbortSignal | undefined;

  constructor(request: Request, options: { requestId: string; clock: Clock; limits: HttpLimits }) {
    super(options.limits.urlLength);
    this.#request = request;
    this.#limits = options.limits;
    this.requestId = options.requestId;
    this.#clock = options.clock;
    this.started = options.clock.monotonic();
    this.expired = this.#expiry.promise;
  }

  get method(): string {
    return this.#request.method;
  }

  protected address(): string {
    const { origin, href } = new URL(this.#request.url);
    // A fragment never crosses the wire; a Request may still hold one.
    return href.slice(origin.length).split("#", 1)[0] ?? "";
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.any([this.#request.signal, this.#abort.signal]);
    return this.#signal;
  }

  expire(): void {
    this.#abort.abort(new AppError("timeout"));
    this.#expiry.resolve(undefined);
  }

  async body(): Promise<Uint8Array> {
    refuseEncodedBody(this.header("content-encoding"));
    return this.#request.body === null ? new Uint8Array() : readBody(this.#request.body, this.#limits.bodyBytes);
  }

  async *stream(limit: number, name: string): AsyncGenerator<Uint8Array> {
    refuseEncodedBody(this.header("content-encoding"));
    this.started = this.#clock.monotonic() + this.#limits.receiveTimeout;
    if (this.#request.body !== null) yield* limitBody(this.#request.body, limit, name);
    this.started = this.#clock.monotonic();
  }

  toRequest(): Request {
    const { method, body } = this.#request;
    const headers = new Headers(this.#request.headers);
    headers.set("x-request-id", this.requestId);
    const address = new URL(this.#request.url).origin + formatTarget(this.target);
    if (body === null) return new Request(address, { method, headers, signal: this.signal });
    refuseEncodedBody(this.header("content-encoding"));
    return requestWithBody(address, { method, headers, signal: this.signal, body: limitBody(body, this.#limits.bodyBytes) });
  }
}
