import { AppError } from "#contract";

/** JSON of somebody else's making, of which nothing is known but that it was an object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The JSON of a body. Throws `invalidBody`. */
export function parseJson(body: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError("invalidBody", { details: "It is not JSON.", cause });
  }
}

/** An object's own fields; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or a number as text; undefined for everything else and for what is empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
