import { didYouMean } from "#base";
import { AppError, type Json } from "#contract";
import type { Exchange } from "../../http/exchange.ts";
import { PassedOn } from "../../http/passed-on.ts";
import { parseTarget } from "../../http/target.ts";
import { grammarHeaders } from "../grammar/grammar-headers.ts";
import { overLimit, type RestLimits } from "../rest-limits.ts";

const keys = ["method", "path", "headers", "body"] as const;
const methods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * What a part of a batch may say in headers: how it is to be read and answered. Who asks, from where, and under which key belongs to the
 * batch as a whole, so that no part can pass for somebody else.
 */
const allowedHeaders: readonly string[] = grammarHeaders;

/** The operations of a batch, each as a request of its own; all of their forms are checked before anything is done. */
export function readOperations(value: Json, batch: Exchange, limits: RestLimits): readonly Exchange[] {
  if (!Array.isArray(value)) {
    throw new AppError("invalidBody", {
      message: "A batch is a JSON array of operations.",
      hint: 'Each is an object such as { "method": "POST", "path": "/rest/v1/reviews", "body": { "stars": 5 } }.',
    });
  }
  if (value.length > limits.batchOperations) throw overLimit(limits, "batchOperations", "The batch has too many operations");
  return value.map((operation: Json, index) => {
    try {
      return readOperation(operation, batch, limits);
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown.at({ operation: index }) : thrown;
    }
  });
}

function readOperation(value: Json, batch: Exchange, limits: RestLimits): Exchange {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid("An operation is an object with method and path, and perhaps headers and body.");
  }
  const operation = value as Readonly<Record<string, Json>>;
  const unknown = Object.keys(operation).find((key) => !keys.includes(key as (typeof keys)[number]));
  if (unknown !== undefined) {
    throw invalid(`An operation has no '${unknown.slice(0, 60).toWellFormed()}'${didYouMean(unknown, keys) || "."}`);
  }
  const method = own(operation, "method");
  if (typeof method !== "string" || !methods.includes(method)) {
    throw invalid(`The method of an operation is one of ${methods.join(", ")}, in capitals.`);
  }
  const path = own(operation, "path");
  if (typeof path !== "string") throw invalid("The path of an operation is a text such as /rest/v1/reviews?stars=eq.5.");
  if (path.length > limits.queryBytes) throw overLimit(limits, "queryBytes", "The path of an operation is too long");
  const { segments, search, trailingSlash } = parseTarget(path, limits.queryBytes);
  if (segments.length < 3 || segments[0] !== "rest" || segments[1] !== "v1" || trailingSlash) {
    throw new AppError("invalidPath", {
      message: "The path of an operation leads to a table, a row or a function under /rest/v1/.",
      details: "Nothing else can be reached from a batch.",
    });
  }
  const body = own(operation, "body");
  if (body !== undefined && (method === "GET" || method === "HEAD")) throw invalid(`A ${method} has no body.`);
  return new BatchPart({ method, segments, search, headers: readHeaders(own(operation, "headers")), body, batch });
}

function readHeaders(value: Json | undefined): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  if (value === undefined) return headers;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid("The headers of an operation are an object of texts.");
  }
  for (const [name, text] of Object.entries(value)) {
    const key = name.toLowerCase();
    if (!allowedHeaders.includes(key)) {
      throw new AppError("invalidHeader", {
        message: `An operation of a batch takes no header '${name.slice(0, 60).toWellFormed()}'.`,
        details: `It takes ${allowedHeaders.join(", ")}.`,
        hint: "Authorization and Idempotency-Key stand on the batch itself, for all of it.",
      });
    }
    if (typeof text !== "string" || !/^[\t -~\u0080-\u00ff]*$/.test(text))
      throw invalid(`The header '${key}' is not a text of one line.`);
    if (headers.has(key)) throw invalid(`The header '${key}' is given twice.`);
    headers.set(key, text.trim());
  }
  return headers;
}

/** Never what every object inherits. */
function own(object: Readonly<Record<string, Json>>, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function invalid(details: string): AppError {
  return new AppError("invalidBody", { message: "An operation of the batch could not be read.", details });
}

interface PartOptions {
  readonly method: string;
  readonly segments: readonly string[];
  readonly search: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Json | undefined;
  readonly batch: Exchange;
}

const encoder = new TextEncoder();

/** A part of a batch as the routes see every request. */
class BatchPart extends PassedOn {
  readonly #headers: ReadonlyMap<string, string>;
  readonly #body: Json | undefined;

  constructor({ method, segments, search, headers, body, batch }: PartOptions) {
    super(batch, { method, segments, search });
    this.#headers = headers;
    this.#body = body;
  }

  override header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    yield await this.body();
  }

  /** A text is itself where the content type is not JSON: CSV, say. */
  async body(): Promise<Uint8Array> {
    if (this.#body === undefined) return new Uint8Array();
    const type = this.#headers.get("content-type") ?? "application/json";
    const isJson = type.toLowerCase().startsWith("application/json");
    return encoder.encode(typeof this.#body === "string" && !isJson ? this.#body : JSON.stringify(this.#body));
  }
}
