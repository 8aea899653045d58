import type { Client } from "../clients/read-client.ts";
import type { Exchange } from "./exchange.ts";

/** A request that stands for another one: what it does not say anew is the other's. */
export abstract class PassedOn implements Exchange {
  readonly method: string;
  readonly segments: readonly string[];
  readonly search: string;
  readonly requestId: string;
  protected readonly exchange: Exchange;

  constructor(exchange: Exchange, said: Partial<Pick<Exchange, "method" | "segments" | "search">> = {}) {
    this.method = said.method ?? exchange.method;
    this.segments = said.segments ?? exchange.segments;
    this.search = said.search ?? exchange.search;
    this.requestId = exchange.requestId;
    this.exchange = exchange;
  }

  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  get remoteAddress(): string | undefined {
    return this.exchange.remoteAddress;
  }

  get client(): Client {
    return this.exchange.client;
  }

  tell(fields: object): void {
    this.exchange.tell(fields);
  }

  header(name: string): string | undefined {
    return this.exchange.header(name);
  }

  abstract body(): Promise<Uint8Array>;
  abstract stream(): AsyncIterable<Uint8Array>;
}
