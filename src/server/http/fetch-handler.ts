import type { Clock, IdSource } from "#base";
import { AppError } from "#contract";
import { addressGroup, canonicalAddress } from "../clients/ip-address.ts";
import type { Client } from "../clients/read-client.ts";
import { Addressed } from "./addressed.ts";
import { limitBody, readBody, refuseEncodedBody, requestWithBody } from "./body.ts";
import { toResponse } from "./fetch-bridge.ts";
import { expiry } from "./expiry.ts";
import { setForwarded } from "./forwarding-headers.ts";
import { InFlight, type Unanswered } from "./in-flight.ts";
import type { Incoming, Respond } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import { refusal } from "./refusal.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { formatTarget } from "./target.ts";

export interface FetchHandlerOptions {
  readonly respond: Respond;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly headers?: SecurityHeaders;
}

/** What the server that a request came to knows of its connection. */
export interface FetchOrigin {
  /** The IP address of whoever sent it: limits and logs go by it. Left out, nobody is counted by address. */
  readonly address?: string;
}

/** Whether the host of the request's address is one of ours is for whoever received it to check. */
export type ServerFetch = (request: Request, from?: FetchOrigin) => Promise<Response>;

/** The whole server as one fetch handler, with the same limits on a request as the listener's. */
export interface FetchServer {
  readonly fetch: ServerFetch;
  /** Answers what is under way, for at most `patience` milliseconds, and from now on `unavailable`. */
  readonly close: (patience: number) => Promise<void>;
}

export function createFetchServer({ respond, limits, clock, ids, headers }: FetchHandlerOptions): FetchServer {
  const inFlight = new InFlight(clock, limits.answerTimeout);
  let closed = false;
  return {
    async fetch(request, from) {
      if (closed)
        return toResponse(
          refusal(new AppError("unavailable", { headers: { "retry-after": "1" } }), ids.uuid(), headers),
          request.method,
        );
      const exchange = new FetchExchange(request, { requestId: ids.uuid(), clock, limits, from });
      inFlight.add(exchange);
      try {
        const answer = await Promise.race([respond(exchange), exchange.expired]);
        return toResponse(answer ?? refusal(expiry(request.method), exchange.requestId, headers), request.method);
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
  readonly #from: FetchOrigin | undefined;
  #client: Client | undefined;
  started: number;
  /** Resolves, with nothing, when the time for an answer is over. */
  readonly expired: Promise<undefined>;
  readonly #request: Request;
  readonly #limits: HttpLimits;
  readonly #clock: Clock;
  readonly #expiry = Promise.withResolvers<undefined>();
  readonly #abort = new AbortController();
  #signal: AbortSignal | undefined;

  constructor(request: Request, options: { requestId: string; clock: Clock; limits: HttpLimits; from: FetchOrigin | undefined }) {
    super(options.limits.urlLength);
    this.#from = options.from;
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

  get client(): Client {
    this.#client ??= clientOf(this.#request, this.#from);
    return this.#client;
  }

  /** It is not known on which connection the request came, nor what that server answers for. */
  checkHost(): void {}

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
    setForwarded(headers, this.client);
    const address = new URL(this.#request.url).origin + formatTarget(this.target);
    if (body === null) return new Request(address, { method, headers, signal: this.signal });
    refuseEncodedBody(this.header("content-encoding"));
    return requestWithBody(address, { method, headers, signal: this.signal, body: limitBody(body, this.#limits.bodyBytes) });
  }
}

function clientOf({ url }: Request, from: FetchOrigin | undefined): Client {
  // Frameworks hand handlers that they mount an argument of their own.
  const address = typeof from?.address === "string" ? canonicalAddress(from.address) : undefined;
  const { protocol, host } = new URL(url);
  return {
    address,
    group: address === undefined ? undefined : addressGroup(address),
    protocol: protocol === "https:" ? "https" : "http",
    host,
  };
}
