import type { Client } from "../clients/read-client.ts";
import type { Exchange } from "../http/exchange.ts";

/** A request whose body has come already: a transaction must not wait for somebody's network. */
export class BufferedExchange implements Exchange {
  readonly method: string;
  readonly segments: readonly string[];
  readonly search: string;
  readonly requestId: string;
  readonly #exchange: Exchange;
  readonly #body: Uint8Array;

  constructor(exchange: Exchange, body: Uint8Array) {
    this.method = exchange.method;
    this.segments = exchange.segments;
    this.search = exchange.search;
    this.requestId = exchange.requestId;
    this.#exchange = exchange;
    this.#body = body;
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
  }

  get remoteAddress(): string | undefined {
    return this.#exchange.remoteAddress;
  }

  get client(): Client {
    return this.#exchange.client;
  }

  tell(fields: object): void {
    this.#exchange.tell(fields);
  }

  header(name: string): string | undefined {
    return this.#exchange.header(name);
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    yield this.#body;
  }

  async body(): Promise<Uint8Array> {
    return this.#body;
  }
}
