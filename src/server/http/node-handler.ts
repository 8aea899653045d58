import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, IdSource, Logger } from "#base";
import { AppError } from "#contract";
import type { CheckHost } from "../clients/host-check.ts";
import type { ReadClient } from "../clients/read-client.ts";
import { expiry } from "./expiry.ts";
import { InFlight } from "./in-flight.ts";
import type { Respond } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import { type ExchangeContext, NodeExchange } from "./node-exchange.ts";
import type { Prefix } from "./prefix.ts";
import { refusal } from "./refusal.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { send } from "./send.ts";

export interface NodeHandlerOptions {
  readonly respond: Respond;
  readonly limits: HttpLimits;
  /** The origin that requests of an app's own routes are of; undefined takes it from the Host header. */
  readonly origin?: string | undefined;
  readonly prefix?: Prefix | undefined;
  readonly readClient: ReadClient;
  readonly checkHost: CheckHost;
  readonly headers?: SecurityHeaders;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** Answers requests of node:http, on whosever server they came. */
export class NodeHandler {
  readonly #options: NodeHandlerOptions;
  readonly #inFlight: InFlight;
  readonly #streaming: Set<NodeExchange> = new Set();
  readonly #context: ExchangeContext;
  #closing = false;

  constructor(options: NodeHandlerOptions) {
    const { limits, clock, readClient, checkHost, prefix } = options;
    this.#options = options;
    this.#inFlight = new InFlight(clock, limits.answerTimeout);
    this.#context = {
      limits,
      clock,
      origin: options.origin,
      prefix,
      readClient,
      checkHost,
      onExpire: (exchange) => void send(exchange, refusal(expiry(exchange), exchange.requestId, options.headers), true),
    };
  }

  /** Resolves when all of the answer is handed to the connection, or that is gone. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const exchange = this.exchangeOf(request, response, expectsContinue);
    this.#inFlight.add(exchange);
    return this.#answer(exchange);
  }

  exchangeOf(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): NodeExchange {
    const { clock, ids } = this.#options;
    return new NodeExchange(request, response, {
      requestId: ids.uuid(),
      started: clock.monotonic(),
      expectsContinue,
      context: this.#context,
    });
  }

  /** Tells callers from now on to come by another connection, and resolves when nobody waits for an answer any more, or after `patience` milliseconds. */
  async drain(patience: number): Promise<void> {
    this.#closing = true;
    await this.#inFlight.drained(patience);
  }

  /** Whoever still waits hears that it takes too long. */
  close(): void {
    this.#inFlight.close();
  }

  /** For a handler on somebody else's server: the same, and answers that are streams are let run to their end until then, and cut after. */
  async finish(patience: number): Promise<void> {
    const deadline = this.#options.clock.monotonic() + patience;
    await this.drain(patience);
    while (this.#streaming.size > 0 && this.#options.clock.monotonic() < deadline) await pause(10);
    this.close();
    for (const { response } of this.#streaming) response.destroy();
  }

  /** Whether a request of that connection waits for an answer, or is getting one. */
  isBusy(socket: unknown): boolean {
    const owed = this.#inFlight.some(
      (request) => request instanceof NodeExchange && request.request.socket === socket && request.request.complete,
    );
    return owed || [...this.#streaming].some(({ request }) => request.socket === socket);
  }

  async #answer(exchange: NodeExchange): Promise<void> {
    const refused = this.#check(exchange.request);
    const answer =
      refused === undefined ? await this.#options.respond(exchange) : refusal(refused, exchange.requestId, this.#options.headers);
    this.#inFlight.delete(exchange);
    const streams = answer.body instanceof ReadableStream;
    if (streams) this.#streaming.add(exchange);
    try {
      await send(exchange, answer, this.#closing || refused !== undefined);
    } catch (error) {
      this.#options.logger.error({ err: error, requestId: exchange.requestId }, "An answer broke off in the middle.");
    } finally {
      if (streams) this.#streaming.delete(exchange);
    }
  }

  #check({ rawHeaders, headers }: IncomingMessage): AppError | undefined {
    const { headerCount } = this.#options.limits;
    if (rawHeaders.length > headerCount * 2) {
      return new AppError("headersTooLarge", { details: `The limit is ${headerCount} headers (headerCount).` });
    }
    // RFC 9112 section 3.2. node:http takes the first, and whoever stands before it perhaps the last.
    if (countHosts(rawHeaders) > 1) {
      return new AppError("malformedRequest", { details: "There is more than one Host header." });
    }
    const encoding = headers["transfer-encoding"];
    if (encoding !== undefined && encoding.toLowerCase() !== "chunked") {
      return new AppError("malformedRequest", { details: "The only transfer encoding is chunked." });
    }
    const expect = headers.expect;
    if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
      return new AppError("invalidHeader", { details: "The only expectation is 100-continue." });
    }
    return undefined;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Of names and values in turn. */
function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts;
}
