import type { ErrorBody } from "#contract";
import type { ClientOptions, Fetch, WriteOptions } from "./call-options.ts";
import { ChassisError } from "./chassis-error.ts";
import { entriesOf } from "./entries-of.ts";
import type { ErrorCode } from "./error-names.ts";
import { inBody } from "./in-body.ts";
import type { ApiAnswer, ApiRequest } from "./request.ts";
import { toJson } from "./to-json.ts";

/** Sends requests, again where that is safe. */
export interface Transport {
  /** Throws `ChassisError` for every answer that is none of success. */
  send(request: ApiRequest, options?: WriteOptions): Promise<ApiAnswer>;
  /** Somebody else may be asking from now on. */
  forget(): void;
  readonly options: ClientOptions;
}

/** Chance and time, which tests have in hand. */
export interface Surroundings {
  /** From 0 to 1, exclusive. */
  readonly random: () => number;
  /** Rejects with the signal's reason. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What all attempts of a call have in common. */
interface Once {
  readonly signal: AbortSignal;
  /** The Idempotency-Key; null for none. */
  key?: string | null;
  isBearer?: boolean;
}

/** Milliseconds: the bounds of the pause before the first repetition, and before any. */
const firstPause = 250;
const longestPause = 8000;

/** After these the same request may be answered otherwise. Proxies know no codes: of them the status. */
const passing: ReadonlySet<string | number> = new Set<ErrorCode | number>([
  "overloaded",
  "unavailable",
  "08007",
  "network_failed",
  502,
  503,
  504,
]);

export function createTransport(
  base: string,
  options: ClientOptions,
  { random, pause }: Surroundings = { random: Math.random, pause: wait },
): Transport {
  const { fetch = (request: Request) => globalThis.fetch(request), token, timeout = 30_000, retries = 2 } = options;
  // A caller who is nobody cannot have a key, and the client of a cookie does not know who it is: the server says so.
  let isNobody = false;

  async function attempt(request: ApiRequest, own: WriteOptions, once: Once): Promise<ApiAnswer> {
    const { sent, read } = inBody(request);
    const { method, path, headers, keyed } = sent;
    // Asked for each time: it may have been renewed meanwhile.
    const bearer = typeof token === "function" ? await token() : typeof token === "object" ? await token.get() : token;
    once.isBearer = bearer !== undefined;
    once.key ??= own.idempotencyKey ?? (once.key === undefined && keyed && (once.isBearer || !isNobody) ? newKey() : null);
    // The platform's own message would have the whole of it.
    if (!/^[!-~]*$/.test(bearer?.trim() ?? "")) throw new TypeError("The client's token has characters that no token has.");
    const [type, content = null] = contentOf(sent);
    const all = new Headers();
    const last = {
      "content-type": type,
      authorization: bearer === undefined ? bearer : `Bearer ${bearer}`,
      "idempotency-key": once.key ?? undefined,
    };
    for (const each of [{ accept: "application/json" }, headers, options.headers, own.headers, last])
      for (const [name, value] of entriesOf<string>(each)) all.set(name, value);
    // The back end sends nobody elsewhere. Whoever does would get what is sent, or make a reading of a writing.
    const redirect = "manual" as const;
    const init = { method, headers: all, signal: once.signal, redirect, body: content };
    return read(await exchange(fetch, new Request(base + path, init), sent === request));
  }

  async function sendWithin(request: ApiRequest, own: WriteOptions, signal: AbortSignal): Promise<ApiAnswer> {
    const once: Once = { signal };
    for (let sent = 0; ; sent++) {
      try {
        return await attempt(request, own, once);
      } catch (error) {
        if (signal.aborted || !(error instanceof ChassisError)) throw error;
        const isKeyed = typeof once.key === "string";
        if (error.code === "PGRST302" && isKeyed && own.idempotencyKey === undefined && once.isBearer !== true) {
          // Refused, so nothing was written. Without its key it is not sent again.
          const answer = await attempt(request, own, { signal, key: null });
          isNobody = true;
          return answer;
        }
        const after = waitAfter(error, sent);
        const isSafe = request.method === "GET" || isKeyed;
        if (!isSafe || sent >= (own.retries ?? retries) || after === undefined) throw error;
        await pause(after, signal);
      }
    }
  }

  /** Milliseconds, with full jitter; undefined where it would be of no use. What the server asks for is waited for, and a little more. */
  function waitAfter(error: ChassisError, sent: number): number | undefined {
    const asked = saidWith.get(error)?.after;
    const jitter = random() * Math.min(longestPause, firstPause * 2 ** sent);
    if (asked !== undefined) return asked > longestPause ? undefined : asked + jitter;
    return passing.has(error.code === "unreadable_answer" ? error.status : error.code) ? jitter : undefined;
  }

  return {
    options,
    forget() {
      isNobody = false;
    },
    async send(request, own = {}) {
      const { signal: outer } = own;
      const limit = own.timeout ?? timeout;
      outer?.throwIfAborted();
      const within = new AbortController();
      const leave = (): void => within.abort(outer?.reason);
      outer?.addEventListener("abort", leave);
      const late = new ChassisError("no_answer_in_time", `There was no answer within ${limit} ms.`);
      const timer = setTimeout(() => within.abort(late), limit);
      try {
        return await sendWithin(request, own, within.signal);
      } catch (error) {
        throw within.signal.aborted ? within.signal.reason : error;
      } finally {
        clearTimeout(timer);
        outer?.removeEventListener("abort", leave);
      }
    },
  };
}

/** The type of what is sent with a request, and itself. */
function contentOf({ form, body }: ApiRequest): readonly [type?: string, content?: string] {
  if (form !== undefined) return ["application/x-www-form-urlencoded", form];
  return body === undefined ? [] : ["application/json", toJson(body)];
}

/** `isWhole`: what is sent is what was asked for, and no batch around it. */
async function exchange(fetch: Fetch, request: Request, isWhole: boolean): Promise<ApiAnswer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(request);
    text = await response.text();
  } catch (cause) {
    const { origin } = new URL(request.url);
    // Browsers do not tell pages why.
    const isElsewhere = typeof location === "object" && location.origin !== origin;
    throw new ChassisError("network_failed", `There is no answer from ${origin}, or it broke off.`, {
      cause,
      hint: isElsewhere ? "Does its CHASSIS_CORS_ORIGINS name this page's origin?" : null,
    });
  }
  const { status, headers } = response;
  const body = fromJson(text);
  if (response.ok && body !== notJson) return { status, header: (name) => headers.get(name), body };
  throw errorOf(response, body, isWhole);
}

const notJson = Symbol("not JSON");

function fromJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

/** What an answer says beside its error: the rest of the body, and how long to wait, in milliseconds. */
export const saidWith: WeakMap<ChassisError, { readonly body: unknown; readonly after: number | undefined }> = new WeakMap();

function errorOf({ status, statusText, headers, type }: Response, body: unknown, isWhole: boolean): ChassisError {
  const requestId = headers.get("x-request-id") ?? undefined;
  const said = (body ?? {}) as Partial<ErrorBody>;
  // To a page of a browser a redirect has no status.
  const leads = type === "opaqueredirect" || (status >= 300 && status < 400);
  const unreadable = leads
    ? "What answered sends elsewhere, which is not followed."
    : `What answered is not the back end: ${status} ${statusText}`;
  const error =
    typeof said.code === "string"
      ? new ChassisError(said.code as ErrorCode, said.message ?? said.code, {
          ...said,
          status,
          requestId,
          operation: isWhole ? said.operation : undefined,
        })
      : new ChassisError("unreadable_answer", unreadable, {
          status,
          requestId,
          hint: "Look at the address.",
        });
  saidWith.set(error, { body, after: milliseconds(headers.get("retry-after")) });
  return error;
}

/** `Retry-After`: seconds, or a moment. */
function milliseconds(header: string | null): number | undefined {
  const wanted = /^\d+$/.test(header ?? "") ? Number(header) * 1000 : Date.parse(header ?? "") - Date.now();
  return Number.isNaN(wanted) ? undefined : Math.max(0, wanted);
}

/** 128 random bits, wherever the page comes from: `randomUUID` is for secure ones alone. */
function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    // The signal is the call's own, and goes with it.
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
