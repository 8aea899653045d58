import type { Client } from "../clients/read-client.ts";

/**
 * One request and its answer, as our own routes see them: made by the node:http listener or from a fetch `Request`, so that
 * every route serves both without knowing. Cheaper than `Request`, which costs more than a small answer does.
 */
export interface Exchange {
  /** Upper case. */
  readonly method: string;
  /** The path, percent-decoded once, segments kept apart; never with an empty, `.` or `..` segment: such are refused before. */
  readonly segments: readonly string[];
  /** What follows the `?`, as it came, without it; empty where there is none. */
  readonly search: string;
  /** The header of that lower-case name; several are joined with ", " as RFC 9110 says. */
  header(name: string): string | undefined;
  /** The whole body, at most as long as the limits say (`bodyTooLarge` else). May be called once. */
  body(): Promise<Uint8Array>;
  /**
   * The body as it comes, in place of `body()`: at most `limit` bytes (else `bodyTooLarge`, which calls the limit by its name). The time for
   * an answer starts when it has come whole.
   */
  stream(limit: number, name: string): AsyncIterable<Uint8Array>;
  /** Aborts when the caller goes away or the time limit is reached. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** Says more in the lines about this request: who asks, once that is known. Never what proves it. */
  tell(fields: object): void;
  /**
   * The address at the other end of the connection, a proxy's where there is one; undefined where no connection can be seen, as with
   * `Platform.fetch`. No header has a say in it.
   */
  readonly remoteAddress: string | undefined;
  /** Who sent it, past the proxies that the settings trust: for limits, logs and links. */
  readonly client: Client;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names. `content-length` is added by the listener. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined sends none. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
  /** `Set-Cookie` headers, one each: the only header that cannot be joined with commas (RFC 6265 section 3). */
  readonly cookies?: readonly string[];
  /** The body is HTML that `page` made, whose links are paths of this server: where it has a prefix, they are put below it. */
  readonly isOwnPage?: boolean;
}
