/** Why a request was not made, or its answer not taken. */
export type FetchRefusal =
  /** The address, the method, a header or the body cannot be used. */
  | "invalid_request"
  /** Another scheme than http and https. */
  | "scheme"
  /** A user name or a password in the address. */
  | "credentials"
  /** A port that is not among `ports`. */
  | "port"
  /** The host is, or its name leads to, an address that is not of the public internet. */
  | "address"
  /** Too many redirects, one that cannot be followed, or one where `redirect` is "error". */
  | "redirect"
  /** The request's body is over `maxRequestBytes`. */
  | "request_too_large"
  /** The answer's body is over `maxResponseBytes`. */
  | "response_too_large"
  /** The answer is compressed in a way that is not understood. */
  | "encoding";

/** What went wrong on the way. */
export type FetchFailure =
  /** The time was over. */
  | "timeout"
  /** The host has no address. */
  | "name"
  /** No connection came about, or it broke off. */
  | "connection"
  /** The answer is not HTTP, or its body is damaged. */
  | "answer";

/**
 * `fetchSafely` does not do this, and will not do it the next time either, unless the receiver changes. `message` holds nothing of
 * what a name led to, so that it can be shown; `cause`, which is for the log, does.
 */
export class FetchRefusedError extends Error {
  override readonly name: string = "FetchRefusedError";
  readonly code: FetchRefusal;

  constructor(code: FetchRefusal, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The request was made, or begun, and something on the way failed: another try may succeed. `cause` is for the log, and may hold addresses. */
export class FetchFailedError extends Error {
  override readonly name: string = "FetchFailedError";
  readonly code: FetchFailure;

  constructor(code: FetchFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
