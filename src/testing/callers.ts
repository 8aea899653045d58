import type { AnySchema, Db, DbOpener, Functions, FunctionSignature, SignatureMap } from "#application";
import { type Client, createClient } from "#client";
import type { Actor } from "#contract";
import type { Platform } from "#platform";

/** The functions of a back end, each called as somebody: `fn.compare({ ids })`. */
export type FunctionCalls<F extends SignatureMap> = {
  readonly [N in keyof F]: F[N] extends FunctionSignature<infer I, infer O>
    ? undefined extends I
      ? (input?: I) => Promise<O>
      : (input: I) => Promise<O>
    : never;
};

/** Somebody who uses the back end. */
export interface TestCaller<S extends AnySchema, F extends SignatureMap = Readonly<Record<never, never>>> {
  /** As `fetch` of the back end, with this caller's token. */
  fetch(target: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** The data as they may see and change it. */
  readonly db: Db<S>;
  /** The typed client that a page would have, whose requests are theirs: calls and errors are those of `chassis/client`. */
  readonly api: Client<{ readonly schema: S; readonly "~functions"?: F }>;
  /** The functions as they may call them: with the checks, the transaction and the errors that a request has. */
  readonly fn: FunctionCalls<F>;
  /** A bearer token of theirs, good for a day of the back end's clock. Nobody has one: it rejects. */
  token(): Promise<string>;
  /** Who it is; null for nobody. */
  readonly actor: Actor | null;
}

const DAY = 86_400_000;

export interface CallerParts {
  readonly platform: Platform;
  readonly dbs: DbOpener;
  readonly functions: readonly string[];
  readonly fetch: TestCaller<AnySchema>["fetch"];
  /** Where the back end takes itself to be. */
  readonly origin: string;
}

export function createCaller(
  { platform, dbs, functions, fetch, origin }: CallerParts,
  actor: Actor | null,
): TestCaller<AnySchema> {
  const scope = { records: platform.records, connection: platform.database, writes: false };
  let token: Promise<string> | undefined;
  const issue = async (): Promise<string> => {
    if (actor === null) throw new TypeError("Who has not signed in has no token.");
    return (await platform.tokens.issue({ actor, lifetime: DAY })).token;
  };
  const ownToken = (): Promise<string> => {
    token ??= issue();
    return token;
  };
  const own: TestCaller<AnySchema>["fetch"] = async (target, init) => {
    if (actor === null) return fetch(target, init);
    const headers = new Headers(init?.headers ?? (target instanceof Request ? target.headers : {}));
    headers.set("authorization", `Bearer ${await ownToken()}`);
    return fetch(target, { ...init, headers });
  };
  return {
    actor,
    api: createClient(origin, { fetch: (request) => own(request) }),
    db: dbs.open(scope, actor),
    fn: callsOf(platform.functions, functions, actor),
    token: ownToken,
    fetch: own,
  };
}

function callsOf(functions: Functions, names: readonly string[], actor: Actor | null): FunctionCalls<SignatureMap> {
  const signal = new AbortController().signal;
  const call = (name: string) => (input?: unknown) => functions.call(name, input, actor, { signal });
  return Object.fromEntries(names.map((name) => [name, call(name)])) as FunctionCalls<SignatureMap>;
}
