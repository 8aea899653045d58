import type { IncomingMessage } from "node:http";
import { FetchRefusedError } from "./fetch-errors.ts";

/** A request that is not sent yet. */
export interface OutgoingRequest {
  readonly address: string | URL;
  readonly method: string;
  readonly headers: Headers;
  readonly content: Uint8Array | AsyncIterable<Uint8Array> | null;
}

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const credentials = ["authorization", "cookie", "cookie2"];
const ofTheBody = ["content-encoding", "content-language", "content-location", "content-type"];

/** What makes the request that an answer redirects to, by the rules of the Fetch standard (section 4.4); nothing where it does not redirect. */
export function nextRequest(
  request: OutgoingRequest,
  from: URL,
  { statusCode = 0, headers }: IncomingMessage,
): (() => OutgoingRequest) | undefined {
  const { location } = headers;
  if (!redirecting.has(statusCode) || location === undefined) return undefined;
  return () => redirected(request, from, { status: statusCode, location });
}

interface Redirect {
  readonly status: number;
  readonly location: string;
}

function redirected(request: OutgoingRequest, from: URL, { status, location }: Redirect): OutgoingRequest {
  const address = URL.parse(location, from);
  if (address === null) throw new FetchRefusedError("redirect", "The server redirects to what is no address.");
  if (from.protocol === "https:" && address.protocol === "http:")
    throw new FetchRefusedError("redirect", "The server redirects from https to http.");
  const headers = new Headers(request.headers);
  if (address.origin !== from.origin) for (const name of credentials) headers.delete(name);
  const { method, content } = request;
  const becomesGet = status === 303 ? method !== "GET" && method !== "HEAD" : status < 303 && method === "POST";
  if (becomesGet) {
    for (const name of ofTheBody) headers.delete(name);
    return { address, method: "GET", headers, content: null };
  }
  if (content !== null && !(content instanceof Uint8Array))
    throw new FetchRefusedError("redirect", "The server redirects, and a body that is a stream cannot be sent again.");
  return { address, method, headers, content };
}
