import type { IncomingMessage } from "node:http";
import { Deadline } from "./deadline.ts";
import { exchange } from "./exchange.ts";
import { FetchRefusedError } from "./fetch-errors.ts";
import { type OutgoingBody, type ReadBody, readBody } from "./outgoing-body.ts";
import { acceptedEncodings, readAnswer } from "./read-answer.ts";
import { nextRequest, type OutgoingRequest } from "./redirects.ts";
import { type ResolveHost, resolveTarget, systemResolver } from "./resolve-target.ts";
import { allowedHosts, readTarget } from "./target.ts";

/** Those of `fetch` that are understood, and what bounds the request. */
export interface FetchSafelyOptions {
  /** GET where nothing is said. */
  readonly method?: string;
  /** Anything but those that belong to the connection, such as Host and Content-Length. */
  readonly headers?: HeadersInit;
  /** A stream goes out once: a redirect that would send it again is refused. */
  readonly body?: OutgoingBody | null;
  /** What is done about a redirect: it is followed (the default), refused, or given as the answer. */
  readonly redirect?: "follow" | "error" | "manual";
  /** Redirects that are followed: 5. */
  readonly maxRedirects?: number;
  /** Hosts that are meant although they are not public or not on `ports`: exactly `host:port`, such as `"localhost:3000"`. They may be redirected to as well. */
  readonly allow?: readonly string[];
  /** Ports of all other hosts: 80 and 443. */
  readonly ports?: readonly number[];
  /** Milliseconds for everything, up to the last byte of the answer's body: 30,000. */
  readonly timeout?: number;
  /** Milliseconds for looking up the name, connecting and TLS, anew after each redirect: 10,000. */
  readonly connectTimeout?: number;
  /** Bytes: 10 MiB. */
  readonly maxRequestBytes?: number;
  /** Bytes, counted after decompression: 10 MiB. */
  readonly maxResponseBytes?: number;
  /** Gives it up, also while the body is read; what is thrown is the signal's reason, as with `fetch`. */
  readonly signal?: AbortSignal;
  /** Authorities (PEM) that certificates are checked against instead of Node's own, for an intranet that has its own. */
  readonly ca?: string | readonly string[];
  /** Looks names up in another way than the machine's. Its addresses are checked like any. */
  readonly resolve?: ResolveHost;
}

const MEBIBYTE = 1_048_576;
// They say how the message is cut and where it goes, which is not the caller's to say twice.
const ownHeaders = /^(host|connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-.*)$/;

/**
 * `fetch` for addresses that others chose: a webhook's receiver, a picture to import, a feed. It reaches only the public internet,
 * whatever the spelling of the address, what its name leads to, and where it redirects to (OWASP ASVS 5.0 1.3.6, "Server-side
 * request forgery"). A name is looked up once for each request, every address is checked, and the connection goes to one of those that were. It heeds
 * no proxy of the environment, and always checks certificates.
 *
 * Gives a standard `Response`, decompressed, its body still to be read: read it or cancel it, for the connection stays until then or until `timeout`.
 * To another origin no Authorization and no cookies go along; other headers and the body of a 307 or 308 do, so set
 * `redirect: "error"` where they hold a secret.
 *
 * Throws `FetchRefusedError` for what it does not do, `FetchFailedError` for what went wrong, while the body is read too; TypeError
 * for options that cannot be. No message holds what a name led to.
 */
export async function fetchSafely(address: string | URL, options: FetchSafelyOptions = {}): Promise<Response> {
  const { redirect = "follow", maxRedirects = 5, maxResponseBytes = 10 * MEBIBYTE, ca, resolve = systemResolver } = options;
  const { timeout = 30_000, connectTimeout = 10_000, signal } = options;
  checkNumbers({ timeout, connectTimeout, maxRedirects, maxResponseBytes });
  const rules = { ports: options.ports ?? [80, 443], allow: allowedHosts(options.allow ?? []) };
  let request = await firstRequest(address, options);
  const deadline = new Deadline(timeout, connectTimeout, signal);
  try {
    for (let redirects = 0; ; redirects += 1) {
      const target = readTarget(request.address, rules);
      deadline.connecting();
      const addresses = await deadline.race(resolveTarget(target, resolve));
      const message = await exchange(target, { ...request, addresses, deadline, ca });
      deadline.connected();
      const { method } = request;
      const next = redirect === "manual" ? undefined : nextRequest(request, target.url, message);
      if (next === undefined) {
        deadline.answered();
        return readAnswer(message, { method, url: target.url, redirected: redirects > 0, limit: maxResponseBytes, deadline });
      }
      follow(message, redirect === "error" ? -1 : maxRedirects - redirects);
      request = next();
    }
  } catch (error) {
    deadline.end();
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  }
}

async function firstRequest(address: string | URL, options: FetchSafelyOptions): Promise<OutgoingRequest> {
  const { maxRequestBytes = 10 * MEBIBYTE, body } = options;
  checkNumbers({ maxRequestBytes });
  const method = readMethod(options.method ?? "GET");
  const headers = readHeaders(options.headers);
  if (body !== null && body !== undefined && (method === "GET" || method === "HEAD"))
    throw new FetchRefusedError("invalid_request", `A ${method} request has no body.`);
  const read: ReadBody = await readBody(body, maxRequestBytes);
  if (read.type !== null && !headers.has("content-type")) headers.set("content-type", read.type);
  return { address, method, headers, content: read.content };
}

function readMethod(written: string): string {
  const upper = written.toUpperCase();
  if (!/^[A-Z][A-Z-]{0,30}$/.test(upper) || ["CONNECT", "TRACE", "TRACK"].includes(upper))
    throw new FetchRefusedError("invalid_request", "This method cannot be used.");
  return upper;
}

function readHeaders(written: HeadersInit | undefined): Headers {
  let headers: Headers;
  try {
    headers = new Headers(written);
  } catch (error) {
    // CR and LF would begin a header, or a request, of the sender's choice.
    throw new FetchRefusedError("invalid_request", "A header has the wrong form.", error);
  }
  for (const name of headers.keys()) {
    if (ownHeaders.test(name)) throw new FetchRefusedError("invalid_request", `The header ${name} is not the caller's to set.`);
  }
  const usual = { accept: "*/*", "accept-encoding": acceptedEncodings, "user-agent": "Chassis" };
  for (const [name, value] of Object.entries(usual)) if (!headers.has(name)) headers.set(name, value);
  return headers;
}

/** Lets go of an answer that only says where to ask next. */
function follow(message: IncomingMessage, left: number): void {
  message.destroy();
  if (left < 0) throw new FetchRefusedError("redirect", "The server redirects, and redirects are not followed here.");
  if (left === 0) throw new FetchRefusedError("redirect", "The server redirects too often.");
}

function checkNumbers(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    const isTime = name.toLowerCase().endsWith("timeout");
    if (!Number.isSafeInteger(value) || value < (isTime ? 1 : 0) || (isTime && value > 2_147_483_647))
      throw new TypeError(`${name} must be a whole number of ${isTime ? "milliseconds" : "at least 0"}.`);
  }
}
