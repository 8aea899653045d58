import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "#base";
import { AppError } from "#contract";
import type { CheckHost } from "../clients/host-check.ts";
import type { Client, ReadClient } from "../clients/read-client.ts";
import { Addressed } from "./addressed.ts";
import { bodyTooLarge, callerGone, refuseEncodedBody, requestWithBody } from "./body.ts";
import { setForwarded } from "./forwarding-headers.ts";
import type { Unanswered } from "./in-flight.ts";
import { IncomingPieces } from "./incoming-pieces.ts";
import type { Incoming } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import type { Prefix } from "./prefix.ts";
import { formatTarget } from "./target.ts";

/** What all exchanges of one listener share. */
export interface ExchangeContext {
  readonly limits: HttpLimits;
  readonly clock: Clock;
  /** The origin that `toRequest` gives its address; undefined takes it from the Host header. */
  readonly origin: string | undefined;
  readonly prefix: Prefix | undefined;
  readonly readClient: ReadClient;
  readonly checkHost: CheckHost;
  /** Called in place of the answer that did not come in time. */
  readonly onExpire: (exchange: NodeExchange) => void;
}

/** A request of node:http; reads nothing before it is asked to. */
export class NodeExchange extends Addressed implements Incoming, Unanswered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  started: number;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  readonly #context: ExchangeContext;
  #client: Client | undefined;
  #abort: AbortController | undefined;
  #bodyTaken = false;
  /** Ends the reading of the body. */
  #letGo: ((reason: AppError) => void) | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { requestId: string; started: number; expectsContinue: boolean; context: ExchangeContext },
  ) {
    super(options.context.limits.urlLength, options.context.prefix);
    this.request = request;
    this.response = response;
    this.requestId = options.requestId;
    this.started = options.started;
    this.expectsContinue = options.expectsContinue;
    this.#context = options.context;
  }

  get method(): string {
    return this.request.method ?? "";
  }

  get remoteAddress(): string | undefined {
    return this.request.socket.remoteAddress;
  }

  get client(): Client {
    this.#client ??= this.#context.readClient(this.request.socket, (name) => this.header(name));
    return this.#client;
  }

  checkHost(): void {
    this.#context.checkHost(this.client.host, this.request.socket);
  }

  protected address(): string {
    // A framework in which this is mounted takes its own part of the path away, and keeps the whole here.
    const { originalUrl } = this.request as { readonly originalUrl?: unknown };
    return typeof originalUrl === "string" ? originalUrl : (this.request.url ?? "");
  }

  header(name: string): string | undefined {
    const { headers } = this.request;
    // HTTP/2 says it in the pseudo-header, and mostly there alone (RFC 9113 section 8.3.1).
    return (headers[name] ?? (name === "host" ? headers[":authority"] : undefined)) as string | undefined;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      if (this.response.destroyed) abort.abort(callerGone());
      else this.response.once("close", () => this.response.writableFinished || abort.abort(callerGone()));
    }
    return this.#abort.signal;
  }

  expire(): void {
    const reason = new AppError("timeout");
    this.#abort?.abort(reason);
    this.#letGo?.(reason);
    this.#context.onExpire(this);
  }

  async body(): Promise<Uint8Array> {
    const limit = this.#context.limits.bodyBytes;
    const read = this.#takeBody(limit);
    if (read !== undefined) return read;
    return this.#pieces(limit).whole();
  }

  async *stream(limit: number, name: string): AsyncGenerator<Uint8Array> {
    const { request } = this;
    const { clock, limits } = this.#context;
    const read = this.#takeBody(limit, name);
    if (read !== undefined) return yield read;
    // node:http ends a request that is not here by then.
    this.started = clock.monotonic() + limits.receiveTimeout;
    yield* this.#pieces(limit, name).read();
    if (!request.complete) throw callerGone();
    this.started = clock.monotonic();
  }

  toRequest(): Request {
    const { request, method } = this;
    const headers = new Headers();
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      const name = request.rawHeaders[index] ?? "";
      if (!name.startsWith(":")) headers.append(name, request.rawHeaders[index + 1] ?? "");
    }
    headers.set("x-request-id", this.requestId);
    setForwarded(headers, this.client);
    const address = this.#origin() + formatTarget(this.target);
    if (method === "GET" || method === "HEAD" || !this.#hasBody())
      return new Request(address, { method, headers, signal: this.signal });
    const read = this.#takeBody(this.#context.limits.bodyBytes);
    if (read !== undefined) return new Request(address, { method, headers, signal: this.signal, body: read });
    const body = this.#pieces(this.#context.limits.bodyBytes).stream();
    return requestWithBody(address, { method, headers, signal: this.signal, body });
  }

  #pieces(limit: number, name?: string): IncomingPieces {
    const pieces = new IncomingPieces(this.request, limit, name);
    this.#letGo = pieces.fail;
    return pieces;
  }

  /** Gives the body where something before us has read it and kept its bytes. */
  #takeBody(limit: number, name?: string): Uint8Array<ArrayBuffer> | undefined {
    if (this.#bodyTaken) throw new Error("The body of a request can be read once.");
    this.#bodyTaken = true;
    if (this.request.readableDidRead || this.request.readableEnded) return this.#keptBody(limit, name);
    refuseEncodedBody(this.header("content-encoding"));
    if (Number(this.request.headers["content-length"] ?? 0) > limit) throw bodyTooLarge(limit, name);
    if (this.expectsContinue) this.response.writeContinue();
    return undefined;
  }

  #keptBody(limit: number, name?: string): Uint8Array<ArrayBuffer> {
    const { body, rawBody } = this.request as { readonly body?: unknown; readonly rawBody?: unknown };
    const kept = [rawBody, body].find((each) => each instanceof Uint8Array) as Uint8Array<ArrayBuffer> | undefined;
    if (kept === undefined && this.#hasBody())
      throw new Error(
        "Something read the body of this request before Chassis was given it, such as express.json(): mount Chassis before it, or keep it from these paths.",
      );
    if (kept !== undefined && kept.length > limit) throw bodyTooLarge(limit, name);
    // Nothing will come, and who waits for its end has missed it.
    return kept ?? new Uint8Array();
  }

  #hasBody(): boolean {
    const { headers } = this.request;
    return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  }

  #origin(): string {
    if (this.#context.origin !== undefined) return this.#context.origin;
    const { protocol, host = "localhost" } = this.client;
    return `${protocol}://${host}`;
  }
}
