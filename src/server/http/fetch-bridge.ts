import { randomBytes } from "node:crypto";
import { nonceHeader } from "#application";
import { during } from "#base";
import { AppError } from "#contract";
import type { Answer } from "./exchange.ts";
import type { Incoming } from "./incoming.ts";
import { headerPairs, type Outgoing } from "./outgoing.ts";
import { pagePolicy, plainSecurityHeaders, type SecurityHeaders } from "./security-headers.ts";

/** Anything that answers a fetch `Request`: a Hono app's `fetch`, say. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

// They belong to one connection (RFC 9110 section 7.6.1), which a Response knows nothing of.
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * An app's own routes as a handler; bodies stream in both directions. An answer that says no content security policy gets ours, with the nonce of its request. One that was made
 * for somebody (who sent a cookie or a token, or gets a cookie) and does not say who may keep it is kept by nobody, or with an ETag by them alone and asked for again.
 */
export function createAppRoutes(
  fetch: FetchHandler,
  { isSecure }: SecurityHeaders = plainSecurityHeaders,
): (incoming: Incoming) => Promise<Answer> {
  return async (incoming) => {
    if (incoming.method === "TRACE" || incoming.method === "CONNECT") throw new AppError("methodNotAllowed");
    const request = incoming.toRequest();
    const nonce = randomBytes(16).toString("base64url");
    // What came from outside under that name is gone with it.
    request.headers.set(nonceHeader, nonce);
    // What a timer or callback of the app throws is nobody's to catch: the guard of the process hands it over here.
    const failed = Promise.withResolvers<never>();
    const work = { name: nameOf(incoming), fail: failed.reject, tell: (fields: object) => incoming.tell(fields) };
    const response = await Promise.race([during(work, () => fetch(request)), failed.promise]);
    if (!(response instanceof Response)) throw new TypeError("The app's routes must answer with a Response.");
    const answer = await toAnswer(response);
    const { headers, cookies = [] } = answer;
    headers["content-security-policy"] ??= pagePolicy(nonce, isSecure);
    if (headers["cache-control"] === undefined && (cookies.length > 0 || isSomebodys(incoming)))
      headers["cache-control"] = headers["etag"] === undefined ? "no-store" : "private, no-cache";
    return answer;
  };
}

/** Without the query, which may hold people's data, and not at any length. */
function nameOf({ method, segments }: Incoming): string {
  return `${method} /${segments.join("/")}`.slice(0, 200);
}

function isSomebodys(incoming: Incoming): boolean {
  return incoming.header("cookie") !== undefined || incoming.header("authorization") !== undefined;
}

async function toAnswer(response: Response): Promise<Answer & { readonly headers: Record<string, string> }> {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [name, value] of response.headers) {
    if (name === "set-cookie") cookies.push(value);
    else if (!HOP_BY_HOP.has(name)) headers[name] = value;
  }
  const { body, status } = response;
  return { status, headers, body: body === null || WITHOUT_BODY.has(status) ? undefined : await wholeOrStream(body), cookies };
}

export function toResponse(answer: Outgoing, method: string): Response {
  const { status, body } = answer;
  const headers = new Headers();
  for (const [name, value] of headerPairs(answer)) headers.append(name, value);
  const hasBody = body !== undefined && method !== "HEAD" && !WITHOUT_BODY.has(status);
  return new Response(hasBody ? (body as BodyInit) : null, { status, headers });
}

/**
 * Most pages are one chunk that is there already: then they leave with their length, in one write. Whatever is not over by
 * the next turn of the loop stays a stream.
 */
async function wholeOrStream(body: ReadableStream<Uint8Array>): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const reader = body.getReader();
  const turn = new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
  const first = reader.read();
  const firstNow = await Promise.race([first, turn]);
  if (firstNow?.done === true) return new Uint8Array();
  const second = firstNow === undefined ? undefined : reader.read();
  const secondNow = second === undefined ? undefined : await Promise.race([second, turn]);
  if (firstNow?.value !== undefined && secondNow?.done === true) return firstNow.value;

  const begun = second === undefined ? [first] : [first, second];
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await (begun.shift() ?? reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
