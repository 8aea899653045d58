import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import type { Clock, IdSource, Logger } from "#base";
import { AppError } from "#contract";
import type { CheckHost } from "../clients/host-check.ts";
import type { ReadClient } from "../clients/read-client.ts";
import { expiry } from "./expiry.ts";
import { InFlight } from "./in-flight.ts";
import type { Respond } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import { type ExchangeContext, NodeExchange } from "./node-exchange.ts";
import { rawAnswer } from "./raw-answer.ts";
import { refusal } from "./refusal.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { send } from "./send.ts";

// Not by import: a module namespace reads every export of node:http, and those of its WebSocket load all of undici (measured: 15 MB
// and 20 ms at every start).
const { createServer } = process.getBuiltinModule("node:http");

export interface ListenerOptions {
  readonly respond: Respond;
  readonly limits: HttpLimits;
  readonly origin?: string | undefined;
  readonly readClient: ReadClient;
  readonly checkHost: CheckHost;
  readonly headers?: SecurityHeaders;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** How long connections are kept open after the last request, so that one that is on its way is answered and not reset. */
const QUIET_MILLISECONDS = 250;

/** The HTTP/1.1 server: from sockets to exchanges and back, under the limits. */
export class Listener {
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #inFlight: InFlight;
  readonly #streaming: Set<NodeExchange> = new Set();
  readonly #context: ExchangeContext;
  #connections = 0;
  #closing = false;

  constructor(options: ListenerOptions) {
    const { limits, clock, readClient, checkHost } = options;
    this.#options = options;
    this.#inFlight = new InFlight(clock, limits.answerTimeout);
    this.#context = {
      limits,
      clock,
      origin: options.origin,
      readClient,
      checkHost,
      onExpire: (exchange) => void send(exchange, refusal(expiry(exchange.method), exchange.requestId, options.headers), true),
    };
    this.#server = createServer({
      maxHeaderSize: limits.headerBytes + limits.urlLength,
      headersTimeout: limits.headerTimeout,
      requestTimeout: limits.receiveTimeout,
      keepAliveTimeout: limits.keepAliveTimeout,
      connectionsCheckingInterval: Math.min(1000, limits.headerTimeout),
      // Else node:http takes the first of two Authorization or Content-Type headers, and whoever stands before it perhaps the last.
      joinDuplicateHeaders: true,
      requireHostHeader: true,
      insecureHTTPParser: false,
      shouldUpgradeCallback: () => false,
    });
    const server = this.#server;
    server.timeout = limits.idleTimeout;
    server.maxRequestsPerSocket = limits.requestsPerConnection;
    // Not node:http's own count, which drops what is over it in silence.
    server.maxHeadersCount = 0;
    server.on("connection", (socket) => this.#onConnection(socket));
    server.on("request", (request, response) => this.#onRequest(request, response, false));
    server.on("checkContinue", (request, response) => this.#onRequest(request, response, true));
    server.on("checkExpectation", (request, response) => this.#onRequest(request, response, false));
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => this.#onClientError(error, socket as Socket));
  }

  /** Resolves with the origin once connections are taken. Port 0 takes a free one. */
  async listen({ host, port }: { host: string; port: number }): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const { address, family, port: actual } = this.#server.address() as AddressInfo;
    const everywhere = address === "0.0.0.0" || address === "::";
    const name =
      everywhere || address === "127.0.0.1" || address === "::1" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
    return `http://${name}:${actual}`;
  }

  /**
   * Takes no new connection, answers every request that came, tells callers to close, and cuts what still runs after
   * `patience` milliseconds.
   */
  async close(patience: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    // http.Server's own close() would end idle connections at once, and with them requests that are on their way.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(this.#server, () => resolve()));
    const deadline = this.#options.clock.monotonic() + patience;
    await this.#inFlight.drained(patience);
    if (this.#connections > 0) await pause(Math.min(QUIET_MILLISECONDS, patience));
    for (;;) {
      this.#server.closeIdleConnections();
      if (this.#connections === 0 || this.#options.clock.monotonic() >= deadline) break;
      await pause(10);
    }
    this.#inFlight.close();
    this.#server.closeAllConnections();
    // Stops node:http's own timer that looks for slow connections.
    this.#server.close();
    await closed;
  }

  #onConnection(socket: Socket): void {
    const { limits } = this.#options;
    this.#connections += 1;
    socket.once("close", () => (this.#connections -= 1));
    if (this.#connections <= limits.connections) return;
    const error = new AppError("overloaded", {
      details: `The limit is ${limits.connections} connections (connections).`,
      headers: { "retry-after": "1" },
    });
    this.#refuse(socket, error);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const { clock, ids } = this.#options;
    const exchange = new NodeExchange(request, response, {
      requestId: ids.uuid(),
      started: clock.monotonic(),
      expectsContinue,
      context: this.#context,
    });
    this.#inFlight.add(exchange);
    void this.#answer(exchange);
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

  #onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    // An answer of ours would be taken for the answer to a request that still waits for its own, or land in the middle of one.
    const owed = this.#inFlight.some(
      (request) => request instanceof NodeExchange && request.request.socket === socket && request.request.complete,
    );
    const begun = [...this.#streaming].some(({ request }) => request.socket === socket);
    if (owed || begun) socket.destroy();
    else this.#refuse(socket, clientFailure(error, this.#options.limits));
  }

  #refuse(socket: Socket, error: AppError): void {
    const requestId = this.#options.ids.uuid();
    this.#options.logger.debug({ requestId, code: error.code, details: error.details }, "A connection was refused.");
    socket.end(rawAnswer(refusal(error, requestId, this.#options.headers)));
    // What they still send is thrown away until they have read the answer; a caller who does not close is closed.
    socket.setTimeout(1000, () => socket.destroy());
  }
}

function clientFailure(error: NodeJS.ErrnoException, limits: HttpLimits): AppError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return new AppError("headersTooLarge", { details: `The limit is ${limits.headerBytes} bytes (headerBytes).` });
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new AppError("bodyTooLarge", { details: "The extensions of a chunk are over their limit." });
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new AppError("requestTooSlow", {
        details: `The limits are ${limits.headerTimeout} ms for the headers (headerTimeout) and ${limits.receiveTimeout} ms for all of it (receiveTimeout).`,
      });
    default:
      return new AppError("malformedRequest", { cause: error });
  }
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
