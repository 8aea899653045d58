import type { ServerResponse } from "node:http";

import type { NodeExchange } from "./node-exchange.ts";
import type { Outgoing } from "./outgoing.ts";

/** How much of a body that nobody wants is read to keep the connection; past it, closing is cheaper. */
const DISCARD_BYTES = 65_536;
/** How long a caller who is still sending is listened to, so that they can read why they were refused. */
const LINGER_MILLISECONDS = 1000;
const LINGER_BYTES = 1_048_576;
const WITHOUT_LENGTH: ReadonlySet<number> = new Set([204, 304]);

/**
 * Writes an answer, head and body in one go where the body is whole. Resolves when all is handed to the socket; rejects
 * where a body that is a stream fails.
 */
export async function send(exchange: NodeExchange, answer: Outgoing, closing: boolean): Promise<void> {
  const { request, response } = exchange;
  if (response.headersSent || response.destroyed) {
    if (answer.body instanceof ReadableStream) await answer.body.cancel().catch(() => {});
    return;
  }
  const unread = hasUnreadRest(exchange);
  const { body } = answer;
  const { headers } = answer;
  // A connection of HTTP/2 is not one request's to end (RFC 9113 section 8.2.2), and unread rests are its own matter.
  if ((closing || unread) && request.httpVersionMajor < 2) headers.push("connection", "close");

  if (body instanceof ReadableStream) {
    response.writeHead(answer.status, headers);
    if (request.method === "HEAD") {
      response.end();
      await body.cancel().catch(() => {});
    } else await pump(body, response);
    return;
  }
  // A route may have said it itself, for HEAD without making the body.
  if (!WITHOUT_LENGTH.has(answer.status) && !headers.includes("content-length")) {
    headers.push("content-length", String(body === undefined ? 0 : Buffer.byteLength(body)));
  }
  response.writeHead(answer.status, headers);
  const content = request.method === "HEAD" || WITHOUT_LENGTH.has(answer.status) ? undefined : body;
  endUnread(exchange);
  if (unread) await linger(exchange, content);
  else response.end(content);
}

/** A stream of HTTP/2 whose rest nobody reads would stay, for its sender waits to be let go on (RFC 9113 section 8.1). */
function endUnread({ request, response }: NodeExchange): void {
  if (request.complete || request.httpVersionMajor < 2) return;
  const { stream } = response as { readonly stream?: { close(code: number): void } };
  // What is here already is thrown away: node:http2 ends no stream that is paused.
  request.on("error", () => {}).resume();
  response.once("finish", () => stream?.close(0));
}

/** Is the caller likely to be still sending a body that nobody reads? */
function hasUnreadRest({ request, expectsContinue }: NodeExchange): boolean {
  if (request.complete || request.httpVersionMajor > 1) return false;
  if (request.headers["transfer-encoding"] !== undefined || expectsContinue) return true;
  return Number(request.headers["content-length"] ?? 0) > DISCARD_BYTES;
}

// Closing a socket that has unread data resets it, and the caller loses the answer (RFC 9112 section 9.6): so the answer is
// written whole, what still comes is thrown away for a moment, and only then is the connection ended.
async function linger({ request, response }: NodeExchange, content: string | Uint8Array | undefined): Promise<void> {
  if (content === undefined) response.flushHeaders();
  else response.write(content);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LINGER_MILLISECONDS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    let discarded = 0;
    const discard = (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded < LINGER_BYTES) return;
      request.pause().off("data", discard);
      done();
    };
    request
      .on("error", () => {})
      .once("end", done)
      .once("close", done)
      .on("data", discard)
      .resume();
  });
  response.end();
}

async function pump(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const onClose = () => void reader.cancel().catch(() => {});
  response.once("close", onClose);
  // Not to wait for the first chunk: an event stream's may be long in coming.
  response.flushHeaders();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) break;
      if (!response.write(value)) await drained(response);
    }
    response.off("close", onClose);
    response.end();
  } catch (error) {
    // The head has left: cutting the connection is the only way to say that the rest is missing.
    response.destroy();
    throw error;
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
