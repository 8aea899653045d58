/** One request to the server, as data. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query string, below the address of the back end: `/rest/v1/reviews?stars=gte.4`. */
  readonly path: string;
  /** What is undefined is not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sent as JSON; undefined is no body. */
  readonly body?: unknown;
  /** Sent as it is, in place of a body: a query string that is too long for an address. */
  readonly form?: string;
  /** It changes something, and the server takes an Idempotency-Key for it: under one it can be sent again. */
  readonly keyed?: boolean;
}

/** The part of an answer that is read: also of one within the answer to a batch. */
export interface ApiAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** What the JSON of the body says; undefined for none. */
  readonly body: unknown;
}

/** What one call asks, and what it makes of the answer. */
export interface Plan<R> {
  readonly request: ApiRequest;
  readonly read: (answer: ApiAnswer) => R;
  /** What the call gives where the server says that there is no such row; left out, that is an error. */
  readonly absent?: { readonly value: R };
}
