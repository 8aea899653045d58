import { AppError } from "#contract";
import { CollectedBytes } from "./collected-bytes.ts";

/** `name` is the one that the limit is known by. */
export function bodyTooLarge(limit: number, name = "bodyBytes"): AppError {
  return new AppError("bodyTooLarge", { details: `The limit is ${limit} bytes (${name}).` });
}

export function callerGone(): AppError {
  return new AppError("malformedRequest", { message: "The caller went away before the request was over." });
}

/**
 * Refuses compressed bodies: what is read is at most as long as what was sent, so that no small request unpacks to a gigabyte.
 */
export function refuseEncodedBody(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || contentEncoding.toLowerCase() === "identity") return;
  throw new AppError("unsupportedMediaType", {
    message: "Compressed bodies are not accepted.",
    headers: { "accept-encoding": "identity" },
  });
}

export interface BodyLimit {
  readonly bytes: number;
  /** The one that the limit is known by. */
  readonly name?: string;
  /** When it aborts, the body is let go of, and reading it fails with its reason: whoever sends need never say another word. */
  readonly signal?: AbortSignal;
}

/** Bytes that a piece counts as at least: whoever reads it all keeps an object for each, and many of one byte would be gigabytes. */
const PIECE = 16;

/** Passes a body on, and fails with `bodyTooLarge` where it grows past the limit. */
export function limitBody(
  body: ReadableStream<Uint8Array>,
  { bytes: limit, name, signal }: BodyLimit,
): ReadableStream<Uint8Array> {
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += Math.max(chunk.byteLength, PIECE);
        if (size > limit) controller.error(bodyTooLarge(limit, name));
        else controller.enqueue(chunk);
      },
    }),
    signal === undefined ? {} : { signal },
  );
}

/** All of a body that is at most `limit` long; stops reading where it is longer, and with the reason of the signal where that aborts. */
export async function readBody(body: ReadableStream<Uint8Array>, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const collected = new CollectedBytes();
  const reader = body.getReader();
  const letGo = (): void => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", letGo);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      if (collected.size + value.byteLength > limit) throw bodyTooLarge(limit);
      collected.add(value);
    }
  } catch (error) {
    letGo();
    throw error;
  } finally {
    signal.removeEventListener("abort", letGo);
  }
  return collected.whole();
}

/** A Request whose body is a stream. The Fetch standard wants `duplex` said, and the DOM's types do not know it. */
export function requestWithBody(address: string, init: RequestInit & { body: ReadableStream<Uint8Array> }): Request {
  const options: RequestInit & { duplex: "half" } = { ...init, duplex: "half" };
  return new Request(address, options);
}
