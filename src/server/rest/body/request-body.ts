import type { InputRow, ValueForm } from "#application";
import { AppError, type Json } from "#contract";
import type { Exchange } from "../../http/exchange.ts";
import { readCsvRows } from "./csv-rows.ts";
import { measureJson } from "./measure-json.ts";
import { parseFormBody } from "../grammar/parse-query-string.ts";
import { overLimit, type RestLimits } from "../rest-limits.ts";

export type ContentType = "json" | "ndjson" | "csv" | "form" | "text" | "bytes";

const contentTypes: ReadonlyMap<string, ContentType> = new Map([
  ["application/json", "json"],
  ["application/x-ndjson", "ndjson"],
  ["application/jsonl", "ndjson"],
  ["text/csv", "csv"],
  ["application/x-www-form-urlencoded", "form"],
  ["text/plain", "text"],
  ["text/xml", "text"],
  ["application/octet-stream", "bytes"],
]);

const forRows: ReadonlySet<ContentType> = new Set(["json", "csv", "form"]);

/** The kind of body that `Content-Type` tells of, JSON where it is missing; throws `unsupportedMediaType`. */
export function contentTypeOf<T extends ContentType>(exchange: Exchange, allowed: ReadonlySet<T | "json">): T | "json" {
  const header = exchange.header("content-type");
  if (header === undefined || header === "application/json") return "json";
  const [name = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  const type = contentTypes.get(name);
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type === undefined || !isAllowed(type, allowed) || !isUtf8) {
    throw new AppError("unsupportedMediaType", {
      message: `The content type '${header.slice(0, 100).toWellFormed()}' is not understood here.`,
      hint: `Send ${[...contentTypes].flatMap(([known, kind]) => (isAllowed(kind, allowed) ? [known] : [])).join(", ")}, in UTF-8.`,
    });
  }
  return type;
}

function isAllowed<T extends ContentType>(type: ContentType, allowed: ReadonlySet<T>): type is T {
  return (allowed as ReadonlySet<ContentType>).has(type);
}

export interface RowsBody {
  readonly rows: readonly InputRow[];
  /** `text` for CSV and forms, whose values are texts or null. */
  readonly form: ValueForm;
}

/** The rows of a body that is read whole: an object or an array of objects in JSON, lines of CSV, or one form. */
export async function readRows(exchange: Exchange, limits: RestLimits): Promise<RowsBody> {
  const type = contentTypeOf(exchange, forRows);
  return rowsOf(type, await readText(exchange, limits), limits);
}

function rowsOf(type: ContentType, text: string, limits: RestLimits): RowsBody {
  if (type === "csv") return { rows: readCsvRows(text, limits), form: "text" };
  if (type === "form") return { rows: [readForm(text, limits)], form: "text" };
  const value = parseJson(text, limits);
  const rows = Array.isArray(value) ? (value as readonly Json[]) : [value];
  if (rows.length > limits.insertRows) throw overLimit(limits, "insertRows", "The body has too many rows");
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (row === null || typeof row !== "object" || Array.isArray(row)) {
      throw new AppError("invalidBody", {
        message: "The body must be an object or an array of objects.",
        details: Array.isArray(value) ? `Item ${index} of the array is ${nameOf(row)}.` : `It is ${nameOf(row)}.`,
      });
    }
  }
  return { rows: rows as readonly InputRow[], form: "json" };
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** The one row of a body. */
export async function readRow(
  exchange: Exchange,
  limits: RestLimits,
): Promise<{ readonly row: InputRow; readonly form: ValueForm }> {
  const { rows, form } = await readRows(exchange, limits);
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    throw new AppError("invalidBody", { message: "The body must be one object.", details: `It holds ${rows.length} rows.` });
  }
  return { row, form };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The whole body as text; throws `invalidBody` where it is not UTF-8 and `bodyTooLarge`. */
export async function readText(exchange: Exchange, limits: RestLimits): Promise<string> {
  const bytes = await readBytes(exchange, limits);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new AppError("invalidBody", { message: "The body is not valid UTF-8." });
  }
}

export async function readBytes(exchange: Exchange, limits: RestLimits): Promise<Uint8Array> {
  const bytes = await exchange.body();
  if (bytes.byteLength > limits.bodyBytes) {
    throw new AppError("bodyTooLarge", { message: `The body is too large: the limit is ${limits.bodyBytes} bytes (bodyBytes).` });
  }
  return bytes;
}

/** JSON as it is, of which the last of several equal keys counts. `__proto__` is a key like any other. */
export function parseJson(text: string, limits: RestLimits): Json {
  // Before it is parsed: ten megabytes of brackets take the parser seconds and much memory.
  const { depth, values } = measureJson(text);
  if (depth > limits.jsonDepth) throw overLimit(limits, "jsonDepth", "The JSON of the body nests too deep");
  if (values > limits.jsonValues) throw overLimit(limits, "jsonValues", "The JSON of the body holds too many values");
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const details = text.trim() === "" ? "It is empty." : error instanceof Error ? `${error.message}.` : "";
    throw new AppError("invalidBody", {
      message: "The body is empty or not valid JSON.",
      details: details.slice(0, 300).toWellFormed(),
    });
  }
}

/** The fields of a form as texts. Without a prototype, so that a field may be called `__proto__`. */
export function readForm(text: string, limits: RestLimits): InputRow {
  const row: Record<string, unknown> = Object.create(null);
  for (const { name, value } of parseFormBody(text, limits)) {
    if (name in row) throw new AppError("invalidBody", { message: `The form has the field '${name.slice(0, 60)}' twice.` });
    row[name] = value;
  }
  return row;
}
