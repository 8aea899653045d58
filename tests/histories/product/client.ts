import { Refused } from "../run/run-plan.ts";

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As JSON; a text as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

export type Send = (path: string, sent?: Sent) => Promise<Reply>;

/** Refusals that a client must count with who asks for nothing wrong. */
const everyday: ReadonlySet<string> = new Set(["overloaded", "57014", "precondition_failed"]);
/** And those that the plan provokes. */
const planned: ReadonlySet<string> = new Set(["23505", "23514", "42501", "validation_failed"]);

/** Sends requests to `/rest/v1<path>` by a fetch function. Throws `Refused` for those refusals, and an Error for any other. */
export function createSend(fetch: (request: Request) => Promise<Response>, origin: string, token: string): Send {
  return async (path, { method = "GET", headers = {}, body, signal } = {}) => {
    const request = new Request(`${origin}/rest/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const response = await fetch(request);
    const text = await response.text();
    const json: unknown = text === "" ? undefined : JSON.parse(text);
    const { status } = response;
    if (status < 300 || status === 404) return { status, headers: response.headers, json };
    const { code = "" } = json as { readonly code?: string };
    // Whoever goes away may be told something or nothing; what came of it is not known.
    if (signal?.aborted !== true && (everyday.has(code) || planned.has(code))) throw new Refused(code);
    throw new Error(`${method} ${path} was answered with ${status}: ${text}`);
  };
}
