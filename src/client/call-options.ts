/** What every call takes beside what it asks. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. A write that was sent may have happened. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for all of the call, every attempt and pause in it. Default: the client's own. */
  readonly timeout?: number | undefined;
  /** How often it may be sent again where that is safe. Default: the client's own. */
  readonly retries?: number | undefined;
  /** For this request alone, beside those of the client. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What every write takes beside what it changes. */
export interface WriteOptions extends CallOptions {
  /**
   * Under this key the write happens once, however often it is called: for a form that is sent again after a reload, say. By default each
   * call has one of its own.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Where the token of a session is kept, where that is not a cookie: in memory, in a keychain. Both may take their time. */
export interface TokenStore {
  get(): string | undefined | Promise<string | undefined>;
  /** After somebody has signed in, with their token; undefined when they have signed out. */
  set(token: string | undefined): void | Promise<void>;
}

/** What answers requests: the platform's own `fetch`, or one that is given. */
export type Fetch = (request: Request) => Promise<Response>;

/** What holds for every call of a client. */
export interface ClientOptions {
  /** Default: the platform's `fetch`. For tests and pages that a server renders: `fetch` of the back end itself, without a network. */
  readonly fetch?: Fetch;
  /**
   * Who is asking, where that is not said by a cookie: a token, what gives it when it is asked for, or where it is kept. Then signing in
   * gives a token too, and not a cookie. Left out, the session is a cookie, which no script can read: for pages of the same site.
   */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | TokenStore;
  /** For every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that a call may take in all. Default 30,000. */
  readonly timeout?: number;
  /** How often a call may be sent again where that is safe. Default 2; 0 is never. */
  readonly retries?: number;
}
