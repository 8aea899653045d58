/** What is asked about the answer of an authenticator, and what is found: it crosses between threads as it is. */
export interface ExpectedAnswer {
  /** As the browser's JSON has it. Nothing of it has been looked at. */
  readonly response: unknown;
  readonly challenge: string;
  /** Of the site: never that of the request. */
  readonly origin: string;
  readonly host: string;
}

/** By whose key it must be signed. */
export interface SigningKey {
  readonly id: string;
  readonly publicKey: Uint8Array;
}

export type AnswerQuestion =
  | (ExpectedAnswer & { readonly type: "new" })
  | (ExpectedAnswer & { readonly type: "known"; readonly key: SigningKey });

export interface GoodAnswer {
  readonly id: string;
  /** COSE. Empty where the key was known. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly synced: boolean;
}

export type AnswerVerdict = { readonly good: GoodAnswer } | { readonly problem: string };
