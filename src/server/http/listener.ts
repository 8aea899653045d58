import type { Server } from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { AppError } from "#contract";
import type { HttpLimits } from "./limits.ts";
import { NodeHandler, type NodeHandlerOptions } from "./node-handler.ts";
import { rawAnswer } from "./raw-answer.ts";
import { refusal } from "./refusal.ts";

// Not by import: a module namespace reads every export of node:http, and those of its WebSocket load all of undici (measured: 15 MB
// and 20 ms at every start).
const { createServer } = process.getBuiltinModule("node:http");

export type ListenerOptions = NodeHandlerOptions;

/** The origin where people reach what listens there, as they write it. */
export function originAt({ address, family, port }: AddressInfo): string {
  const everywhere = address === "0.0.0.0" || address === "::";
  const name =
    everywhere || address === "127.0.0.1" || address === "::1" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `http://${name}:${port}`;
}

/** How long connections are kept open after the last request, so that one that is on its way is answered and not reset. */
const QUIET_MILLISECONDS = 250;

/** The HTTP/1.1 server: from sockets to exchanges and back, under the limits. */
export class Listener {
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #handler: NodeHandler;
  #connections = 0;
  #tracks = false;
  #closing = false;

  constructor(options: ListenerOptions) {
    const { limits } = options;
    this.#options = options;
    this.#handler = new NodeHandler(options);
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
    server.on("request", (request, response) => void this.#handler.handle(request, response, false));
    server.on("checkContinue", (request, response) => void this.#handler.handle(request, response, true));
    server.on("checkExpectation", (request, response) => void this.#handler.handle(request, response, false));
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
    return originAt(this.#server.address() as AddressInfo);
  }

  /** A connection that somebody else took, another process perhaps, as if it had been taken here. */
  take(socket: Socket): void {
    // Only then does node:http keep a list of connections: without it none is timed, and none is closed while it is idle.
    if (!this.#tracks) this.#server.emit("listening");
    this.#tracks = true;
    this.#server.emit("connection", socket);
    socket.resume();
  }

  /**
   * Takes no new connection, answers every request that came, tells callers to close, and cuts what still runs after
   * `patience` milliseconds.
   */
  async close(patience: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    // http.Server's own close() would end idle connections at once, and with them requests that are on their way. Bun and Deno have servers of their own kind, which know no other.
    const isNodes = process.versions["bun"] === undefined && process.versions["deno"] === undefined;
    const closed = new Promise<void>((resolve) => {
      if (isNodes) NetServer.prototype.close.call(this.#server, () => resolve());
      else this.#server.close(() => resolve());
    });
    const deadline = this.#options.clock.monotonic() + patience;
    await this.#handler.drain(patience);
    if (this.#connections > 0) await pause(Math.min(QUIET_MILLISECONDS, patience));
    for (;;) {
      this.#server.closeIdleConnections();
      if (this.#connections === 0 || this.#options.clock.monotonic() >= deadline) break;
      await pause(10);
    }
    this.#handler.close();
    this.#server.closeAllConnections();
    // Stops node:http's own timer that looks for slow connections.
    if (isNodes) this.#server.close();
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

  #onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    // An answer of ours would be taken for the answer to a request that still waits for its own, or land in the middle of one.
    if (this.#handler.isBusy(socket)) socket.destroy();
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
