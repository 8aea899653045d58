import { FetchRefusedError } from "./fetch-errors.ts";

/** What can be sent. */
export type OutgoingBody =
  | string
  | Uint8Array<ArrayBuffer>
  | ArrayBuffer
  | URLSearchParams
  | FormData
  | Blob
  | ReadableStream<Uint8Array>;

/** A body as it is sent: whole, so that a redirect can send it again, or a stream, which goes out once. */
export interface ReadBody {
  readonly content: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** What its form is called, where the request does not say it. */
  readonly type: string | null;
}

const tooLarge = (limit: number): FetchRefusedError =>
  new FetchRefusedError("request_too_large", `The request's body is over the limit of ${limit} bytes (maxRequestBytes).`);

export async function readBody(body: OutgoingBody | null | undefined, limit: number): Promise<ReadBody> {
  if (body === null || body === undefined) return { content: null, type: null };
  if (body instanceof ReadableStream) return { content: counted(body, limit), type: null };
  // Before it is copied.
  if (body instanceof Blob && body.size > limit) throw tooLarge(limit);
  const wrapped = new Response(body);
  const content = new Uint8Array(await wrapped.arrayBuffer());
  if (content.byteLength > limit) throw tooLarge(limit);
  return { content, type: wrapped.headers.get("content-type") };
}

async function* counted(stream: ReadableStream<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("A body that is a stream gives Uint8Arrays.");
    bytes += chunk.byteLength;
    if (bytes > limit) throw tooLarge(limit);
    yield chunk;
  }
}
