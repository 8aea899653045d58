import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { BackupError } from "../backup-error.ts";
import { emptyHash, encode, type S3Credentials, signRequest } from "./s3-signature.ts";

export interface S3Options {
  readonly bucket: string;
  /** Where another than Amazon's is meant: an origin. The bucket is then the first part of the path. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly credentials: S3Credentials;
  readonly now: () => number;
  /** Milliseconds before the first retry of a request that may succeed later; doubled each time. Default 500. */
  readonly retryDelay?: number;
}

export interface S3Request {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 5;
/** Milliseconds for one request to be answered. Bodies that are read take as long as they take. */
const TIME_LIMIT = 120_000;

export type S3Client = (request: S3Request) => Promise<Response>;

/** Sends signed requests, and again what may succeed later: no answer, 5xx, 408, 429. Anything else that is no success is an error with the store's own word. */
export function createS3Client(options: S3Options): S3Client {
  const { bucket, endpoint, region } = options;
  const origin = endpoint === undefined ? `https://${bucket}.s3.${region}.amazonaws.com` : endpoint;
  const base = endpoint === undefined ? "" : `/${encode(bucket)}`;

  const send = async ({ method, key, query, body, signal }: S3Request): Promise<Response> => {
    const url = new URL(`${base}/${key.split("/").map(encode).join("/")}`, origin);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const payloadHash = body === undefined ? emptyHash : createHash("sha256").update(body).digest("hex");
    const time = new Date(options.now());
    const { host: _, ...headers } = signRequest(
      { method, url, headers: {}, payloadHash },
      { credentials: options.credentials, region, service: "s3", time },
    );
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(`no answer within ${TIME_LIMIT / 1000} s`)), TIME_LIMIT);
    try {
      const signals = signal === undefined ? [limit.signal] : [limit.signal, signal];
      return await fetch(url, {
        method,
        headers,
        redirect: "error",
        signal: AbortSignal.any(signals),
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      });
    } finally {
      clearTimeout(timer);
    }
  };

  return async (request) => {
    const where = `${request.method} s3://${bucket}/${request.key}`;
    let delay = options.retryDelay ?? 500;
    for (let attempt = 1; ; attempt++) {
      let failure: BackupError;
      try {
        const response = await send(request);
        if (response.ok) return response;
        const text = await response.text();
        const [code, message] = ["Code", "Message"].map((tag) => elementsOf(text, tag)[0]);
        failure = new BackupError(
          `${where}: ${response.status} ${[code, message].filter(Boolean).join(": ") || response.statusText}`,
        );
        if (response.status < 500 && response.status !== 408 && response.status !== 429) throw failure;
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof BackupError) throw error;
        const { cause, message } = error as Error;
        failure = new BackupError(`${where}: ${cause instanceof Error ? cause.message : message}`, { cause: error });
      }
      if (attempt === ATTEMPTS) throw failure;
      await pause(delay * (0.5 + Math.random()), undefined, request.signal === undefined ? {} : { signal: request.signal });
      delay *= 2;
    }
  };
}

/** The texts of all elements of that name in one of the flat documents that S3 answers with. */
export function elementsOf(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map(([, text = ""]) =>
    text.replaceAll(/&(lt|gt|quot|apos|amp|#(\d+));/g, (_, entity: string, digits?: string) =>
      digits === undefined
        ? ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }[entity] ?? "")
        : String.fromCodePoint(Number(digits)),
    ),
  );
}
