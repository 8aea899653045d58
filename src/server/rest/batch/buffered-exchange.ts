import type { Exchange } from "../../http/exchange.ts";
import { PassedOn } from "../../http/passed-on.ts";

/** A request whose body has come already: a transaction must not wait for somebody's network. */
export class BufferedExchange extends PassedOn {
  readonly #body: Uint8Array;

  constructor(exchange: Exchange, body: Uint8Array) {
    super(exchange);
    this.#body = body;
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    yield this.#body;
  }

  async body(): Promise<Uint8Array> {
    return this.#body;
  }
}
