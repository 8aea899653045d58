import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import type { Deadline } from "./deadline.ts";
import { FetchFailedError, FetchRefusedError } from "./fetch-errors.ts";

export interface ReadAnswerOptions {
  readonly method: string;
  readonly url: URL;
  readonly redirected: boolean;
  readonly limit: number;
  readonly deadline: Deadline;
}

/** What a request says it takes. Zstandard is left out: its window may take 128 MiB before a byte comes out. */
export const acceptedEncodings = "gzip, br";

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** The answer as a standard `Response`, whose body is read as it comes, decompressed and counted. */
export function readAnswer(message: IncomingMessage, options: ReadAnswerOptions): Response {
  const { method, url, redirected, limit, deadline } = options;
  const status = message.statusCode ?? 0;
  try {
    const headers = headersOf(message);
    const isEmpty = method === "HEAD" || bodiless.has(status);
    const body = isEmpty ? null : bodyOf(message, headers, { limit, deadline });
    const response = new Response(body, { status, statusText: message.statusMessage ?? "", headers });
    if (isEmpty) {
      message.destroy();
      deadline.end();
    }
    // A response that a program makes has no address: these say what those of `fetch` say.
    return Object.defineProperties(response, { url: { value: url.href }, redirected: { value: redirected } });
  } catch (error) {
    message.destroy();
    if (error instanceof FetchRefusedError) throw error;
    throw new FetchFailedError("answer", "The server's answer is not HTTP.", error);
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return headers;
}

interface BodyOptions {
  readonly limit: number;
  readonly deadline: Deadline;
}

function bodyOf(message: IncomingMessage, headers: Headers, { limit, deadline }: BodyOptions): ReadableStream<Uint8Array> {
  const tooLarge = (): FetchRefusedError =>
    new FetchRefusedError("response_too_large", `The answer's body is over the limit of ${limit} bytes (maxResponseBytes).`);
  if (Number(headers.get("content-length") ?? 0) > limit) throw tooLarge();
  // Whoever reads hears of an error. While nobody reads it must not end the process.
  message.on("error", () => {});
  const source = decoded(message, headers);
  const stop = (): void => void message.destroy();
  const finish = (): void => {
    deadline.signal.removeEventListener("abort", stop);
    deadline.end();
  };
  if (deadline.signal.aborted) stop();
  deadline.signal.addEventListener("abort", stop, { once: true });
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done === true) {
            finish();
            return controller.close();
          }
          bytes += value.byteLength;
          if (bytes > limit) throw tooLarge();
          controller.enqueue(value);
        } catch (error) {
          const { signal } = deadline;
          finish();
          message.destroy();
          controller.error(signal.aborted ? signal.reason : failure(error));
        }
      },
      cancel() {
        finish();
        message.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** One coding, or none: several inside each other are how a small answer takes a processor for long. */
function decoded(message: IncomingMessage, headers: Headers): Readable {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (coding === "identity" || coding === "") return message;
  const decoder = coding === "br" ? createBrotliDecompress() : /^(x-)?gzip$/.test(coding) ? createGunzip() : undefined;
  if (decoder === undefined)
    throw new FetchRefusedError(
      "encoding",
      `The answer is compressed in a way that is not understood: ${acceptedEncodings} are.`,
    );
  // They are of the bytes on the wire, and whoever hands the answer on would say something wrong.
  headers.delete("content-encoding");
  headers.delete("content-length");
  // A body may be found damaged while nobody reads.
  decoder.on("error", () => {});
  return pipeline(message, decoder, () => {});
}

function failure(error: unknown): Error {
  if (error instanceof FetchRefusedError || error instanceof FetchFailedError) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const isDamaged = code.startsWith("Z_") || code.startsWith("ERR_BROTLI") || code.startsWith("ERR__ERROR_FORMAT");
  if (isDamaged) return new FetchFailedError("answer", "The answer's body is damaged.", error);
  return new FetchFailedError("connection", "The connection broke off before the whole answer had come.", error);
}
