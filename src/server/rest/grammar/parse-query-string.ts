import { AppError } from "#contract";
import { overLimit, type RestLimits } from "../rest-limits.ts";
import { shorten } from "./scanner.ts";

/** One parameter of an address or one field of a form, decoded. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

/**
 * Reads application/x-www-form-urlencoded as the URL standard writes it, but strictly: a `%` without two hex digits, bytes
 * that are no UTF-8 and characters that should have been encoded are refused (`invalidUrl`) and never guessed at.
 */
export function parseQueryString(search: string, limits: RestLimits): readonly Parameter[] {
  if (search === "") return [];
  if (search.length > limits.urlLength) {
    throw new AppError("urlTooLong", {
      message: `The query string is too long: the limit is ${limits.urlLength} characters (urlLength).`,
    });
  }
  return [...parseForm(search, "invalidUrl")];
}

/** The fields of a form in a body. */
export function parseFormBody(text: string, limits: RestLimits): readonly Parameter[] {
  // What curl says of a body unless it is told otherwise.
  if (/^\s*[[{]/.test(text))
    throw new AppError("invalidBody", {
      message: "The body looks like JSON, and its Content-Type says that it is a form.",
      hint: "Send 'Content-Type: application/json'.",
    });
  const fields: Parameter[] = [];
  for (const field of parseForm(text, "invalidBody")) {
    if (fields.length === limits.columns) throw overLimit(limits, "columns", "The form has too many fields");
    fields.push(field);
  }
  return fields;
}

function* parseForm(text: string, error: "invalidUrl" | "invalidBody"): Generator<Parameter> {
  for (let start = 0; start <= text.length; ) {
    let end = text.indexOf("&", start);
    if (end === -1) end = text.length;
    if (end > start) {
      const equals = text.indexOf("=", start);
      const piece = text.slice(start, end);
      if (equals === -1 || equals >= end) {
        throw new AppError("invalidQuery", {
          message: `The parameter '${shorten(piece.toWellFormed())}' has no value.`,
          details: "Expected 'name=value'.",
        });
      }
      const name = decode(piece.slice(0, equals - start), error);
      if (name === "")
        throw new AppError("invalidQuery", { message: "A parameter has no name.", details: "Expected 'name=value'." });
      yield { name, value: decode(piece.slice(equals - start + 1), error) };
    }
    start = end + 1;
  }
}

// Everything printable in ASCII but '%' and '+': most parts of most addresses need no decoding at all.
const PLAIN = /^[!-$&-*,-~]*$/;
const ASCII = /^[ -~]*$/;

function decode(part: string, error: "invalidUrl" | "invalidBody"): string {
  if (PLAIN.test(part)) return part;
  if (!ASCII.test(part)) throw badEncoding(part, error, "It holds characters that must be percent-encoded.");
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    const bare = /%(?![0-9A-Fa-f]{2})/.exec(part);
    throw badEncoding(
      part,
      error,
      bare === null
        ? "The percent-encoded bytes are not valid UTF-8."
        : `The '%' at character ${bare.index + 1} needs two hex digits after it.`,
    );
  }
}

function badEncoding(part: string, error: "invalidUrl" | "invalidBody", details: string): AppError {
  return new AppError(error, { message: `'${shorten(part.toWellFormed())}' could not be decoded.`, details });
}
