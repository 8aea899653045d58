import { AppError } from "#contract";
import { parseArrayLiteral } from "../grammar/parse-array.ts";
import { parseBound } from "../grammar/parse-bound.ts";
import { parseQueryString } from "../grammar/parse-query-string.ts";
import type { RestLimits } from "../rest-limits.ts";
import { Scanner } from "../grammar/scanner.ts";

export interface CallParameters {
  /** By name: a text, or several where the name is repeated. Without a prototype. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Of the rows of the result. */
  limit: number | undefined;
  offset: number | undefined;
}

const reserved: ReadonlySet<string> = new Set(["select", "order", "and", "or", "columns"]);

/**
 * The query string of a call: arguments where they travel there (GET and HEAD), and `limit` and `offset` over the rows of a
 * result that is a list, as in PostgREST. A function shapes and filters its result itself: to ask for more is `notSupported`.
 */
export function parseCallParameters(search: string, takesArguments: boolean, limits: RestLimits): CallParameters {
  const input: Record<string, unknown> = Object.create(null);
  const parsed: CallParameters = { input, limit: undefined, offset: undefined };
  for (const { name, value } of parseQueryString(search, limits)) {
    if (name === "limit" || name === "offset") {
      if (parsed[name] !== undefined) throw new AppError("invalidQuery", { message: `The parameter '${name}' is given twice.` });
      parsed[name] = parseBound(value, name);
    } else if (reserved.has(name) || !takesArguments) {
      throw new AppError("notSupported", {
        message: `The parameter '${name.slice(0, 60)}' is not supported on a function.`,
        hint: "Filter, order and select inside the function. With POST the arguments stand in the body.",
      });
    } else {
      const before = input[name];
      input[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
    }
  }
  return parsed;
}

/**
 * The input with the arguments of those fields read once more: a text that is a list `{1,2}` becomes a list of texts, any
 * other text the JSON that it is (`4`, `true`, `{"a":1}`). Undefined where there is nothing left to read.
 */
export function rereadArguments(
  input: Readonly<Record<string, unknown>>,
  fields: readonly { readonly field: string }[],
  limits: RestLimits,
): Readonly<Record<string, unknown>> | undefined {
  const next: Record<string, unknown> = Object.assign(Object.create(null), input);
  let changed = false;
  for (const name of new Set(fields.map(({ field }) => field.split(".", 1)[0] ?? ""))) {
    const value = input[name];
    const read = Array.isArray(value) ? readMembers(value) : readText(value, name, limits);
    if (read === undefined) continue;
    next[name] = read;
    changed = true;
  }
  return changed ? next : undefined;
}

function readMembers(list: readonly unknown[]): readonly unknown[] | undefined {
  const members = list.map((member) => readJson(member) ?? member);
  return members.some((member, index) => member !== list[index]) ? members : undefined;
}

function readText(value: unknown, name: string, limits: RestLimits): unknown {
  if (typeof value !== "string") return undefined;
  if (value === "null") return null;
  const json = readJson(value);
  if (json !== undefined || !value.startsWith("{")) return json;
  try {
    return parseArrayLiteral(value, new Scanner(value, name), limits);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no JSON, for a JSON text, and for a number that JavaScript cannot hold exactly. */
function readJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "string" || value === null) return undefined;
    if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined;
    return value;
  } catch {
    return undefined;
  }
}
