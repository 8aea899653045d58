import type { Clock, IdSource } from "#base";
import { AppError } from "#contract";
import { addressGroup, canonicalAddress, isLoopback } from "../clients/ip-address.ts";
import type { CheckHost } from "../clients/host-check.ts";
import type { Client } from "../clients/read-client.ts";
import { Addressed } from "./addressed.ts";
import { callerGone, limitBody, readBody, refuseEncodedBody, requestWithBody } from "./body.ts";
import { toResponse } from "./fetch-bridge.ts";
import { expiry } from "./expiry.ts";
import { setForwarded } from "./forwarding-headers.ts";
import { InFlight, type Unanswered } from "./in-flight.ts";
import type { Incoming, Respond } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import { OpenStreams } from "./open-streams.ts";
import type { Prefix } from "./prefix.ts";
import { refusal } from "./refusal.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { formatTarget } from "./target.ts";

export interface FetchHandlerOptions {
  readonly respond: Respond;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly headers?: SecurityHeaders;
  readonly prefix?: Prefix | undefined;
  /** For requests that come from a network: what is not said of them is taken for the worst. By default they are the caller's own. */
  readonly network?: NetworkOptions | undefined;
}

export interface NetworkOptions {
  readonly checkHost: CheckHost;
  /** Hears once of a request without the address of whoever sent it. */
  readonly onNameless: () => void;
}

/** What the server that a request came to knows of its connection. */
export interface FetchOrigin {
  /**
   * The IP address of whoever sent it, past proxies: limits and logs go by it, and what is only for this machine. Null for a request that this program makes itself: it
   * is counted nowhere, and may name any host. Left out, all such requests are counted as one caller's.
   */
  readonly address?: string | null | undefined;
}

/** Whether the host of the request's address is one of ours is for whoever received it to check. */
export type ServerFetch = (request: Request, from?: FetchOrigin) => Promise<Response>;

/** The whole server as one fetch handler, with the same limits on a request as the listener's. */
export interface FetchServer {
  readonly fetch: ServerFetch;
  /** Answers what is under way, for at most `patience` milliseconds, and from now on `unavailable`. */
  readonly close: (patience: number) => Promise<void>;
}

export function createFetchServer({ respond, limits, clock, ids, headers, prefix, network }: FetchHandlerOptions): FetchServer {
  const inFlight = new InFlight(clock, limits.answerTimeout);
  const streams = new OpenStreams();
  let closed = false;
  return {
    async fetch(request, from) {
      if (closed)
        return toResponse(
          refusal(new AppError("unavailable", { headers: { "retry-after": "1" } }), ids.uuid(), headers),
          request.method,
        );
      const exchange = new FetchExchange(request, { requestId: ids.uuid(), clock, limits, prefix, network, from });
      inFlight.add(exchange);
      try {
        const answer = await Promise.race([respond(exchange), exchange.expired]);
        const given = answer ?? refusal(expiry(exchange), exchange.requestId, headers);
        if (!(given.body instanceof ReadableStream)) return toResponse(given, request.method);
        if (request.method !== "HEAD") return toResponse({ ...given, body: streams.watch(given.body) }, request.method);
        // Nobody will read it.
        await given.body.cancel().catch(() => {});
        return toResponse({ ...given, body: undefined }, request.method);
      } finally {
        inFlight.delete(exchange);
      }
    },
    async close(patience) {
      closed = true;
      const deadline = clock.monotonic() + patience;
      await inFlight.drained(patience);
      await streams.finish(deadline - clock.monotonic());
      inFlight.close();
    },
  };
}

class FetchExchange extends Addressed implements Incoming, Unanswered {
  readonly requestId: string;
  readonly #from: FetchOrigin | undefined;
  #client: Client | undefined;
  started: number;
  /** Resolves, with nothing, when the time for an answer is over. */
  readonly expired: Promise<undefined>;
  readonly #request: Request;
  readonly #limits: HttpLimits;
  readonly #clock: Clock;
  readonly #network: NetworkOptions | undefined;
  readonly #expiry = Promise.withResolvers<undefined>();
  readonly #abort = new AbortController();
  #signal: AbortSignal | undefined;

  constructor(
    request: Request,
    options: Pick<FetchHandlerOptions, "clock" | "limits" | "prefix" | "network"> & {
      readonly requestId: string;
      readonly from: FetchOrigin | undefined;
    },
  ) {
    super(options.limits.urlLength, options.prefix);
    this.#network = options.network;
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

  get remoteAddress(): string | undefined {
    return this.#network === undefined ? undefined : this.client.address;
  }

  get client(): Client {
    this.#client ??= clientOf(this.#request, this.#from, this.#network);
    return this.#client;
  }

  /** On which connection the request came is not known: who comes from this machine came to it by an address of its own. */
  checkHost(): void {
    if (this.#from?.address === null) return;
    const { address, host } = this.client;
    this.#network?.checkHost(host, { localAddress: address !== undefined && isLoopback(address) ? address : undefined });
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
    if (this.#request.body === null) return new Uint8Array();
    try {
      return await readBody(this.#request.body, this.#limits.bodyBytes, this.signal);
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : callerGone();
    }
  }

  async *stream(limit: number, name: string): AsyncGenerator<Uint8Array> {
    refuseEncodedBody(this.header("content-encoding"));
    this.started = this.#clock.monotonic() + this.#limits.receiveTimeout;
    try {
      const { body } = this.#request;
      if (body !== null) yield* limitBody(body, { bytes: limit, name, signal: this.signal });
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : callerGone();
    }
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
    const { signal } = this;
    return requestWithBody(address, {
      method,
      headers,
      signal,
      body: limitBody(body, { bytes: this.#limits.bodyBytes, signal }),
    });
  }
}

/** What is counted as one caller: all whom nobody tells apart. */
const NAMELESS = "nameless";

function clientOf({ url }: Request, from: FetchOrigin | undefined, network: NetworkOptions | undefined): Client {
  // Frameworks hand handlers that they mount an argument of their own.
  const address = typeof from?.address === "string" ? canonicalAddress(from.address) : undefined;
  const { protocol, host } = new URL(url);
  const isNameless = address === undefined && network !== undefined && from?.address !== null;
  if (isNameless) network.onNameless();
  return {
    address,
    group: address === undefined ? (isNameless ? NAMELESS : undefined) : addressGroup(address),
    protocol: protocol === "https:" ? "https" : "http",
    host,
  };
}
