import type { fetchSafely, MailEvent } from "#application";

/** A message that says it comes from a provider. */
export interface ProviderMessage {
  /** By its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** As it came, byte for byte: signatures are of that. */
  readonly body: Uint8Array;
}

/** What a receiver needs of the world. */
export interface ProviderTools {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch: typeof fetchSafely;
}

/**
 * What happened, as far as it concerns anybody's address. Throws `invalidSignature` for a message that is not the provider's or too old,
 * `invalidBody` for one that is and cannot be read.
 */
export type ReceiveEvents = (message: ProviderMessage) => readonly MailEvent[] | Promise<readonly MailEvent[]>;

/** One who sends mail and tells what became of it. */
export interface MailProvider {
  /** What its secret looks like, to complete "must be ...". */
  readonly secretForm: string;
  /** Whether this can be one. */
  isSecret(secret: string): boolean;
  /** With several secrets, while one replaces another, each of them is good. */
  open(secrets: readonly string[], tools: ProviderTools): ReceiveEvents;
}
