import type { Actor } from "#contract";

/** What of a request may prove who is asking. */
export interface Credentials {
  /** The `Authorization` header as it came. */
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

/**
 * The port through which every way of signing in plugs in. Gives an actor, or null where no proof was offered; throws
 * `invalidToken` or `expiredToken` where one was offered and is bad. Called once for each request.
 */
export type Authenticate = (credentials: Credentials) => Actor | null | Promise<Actor | null>;
