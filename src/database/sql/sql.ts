import { AppError, type Stored } from "#contract";
import type { FactName } from "../expression/fact-name.ts";

/**
 * How a text is rewritten when it is bound: into the database's own form of a pattern or a search, which SQL never builds.
 * Throws `AppError` for a text that is not well formed.
 */
export type Transform = (text: string) => string;

/** Where a parameter's value comes from when a compiled statement runs. */
export type Binding =
  /** Known when the statement is compiled. */
  | { readonly type: "constant"; readonly value: Stored }
  /** The request's value of that number. */
  | { readonly type: "slot"; readonly index: number; readonly transform?: Transform }
  | {
      readonly type: "actor";
      readonly fact: FactName;
      readonly transform?: Transform;
    }
  /** True (1) where the actor has the role, or where there is one at all (`role` undefined). */
  | { readonly type: "role"; readonly role: string | undefined }
  /** The moment of the request, as a stored timestamp. */
  | { readonly type: "now" }
  /** The moment in the past that the request asks about, as a stored timestamp. */
  | { readonly type: "asOf" };

/** A piece of SQL and the parameters that stand in it, in order. Values are never part of the text. */
export interface Sql {
  readonly text: string;
  readonly bindings: readonly Binding[];
}

/** Builds SQL: the literal parts come from our source, each `${}` is itself `Sql`. */
export function sql(literals: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  let text = literals[0] ?? "";
  const bindings: Binding[] = [];
  for (const [index, part] of parts.entries()) {
    text += part.text + (literals[index + 1] ?? "");
    bindings.push(...part.bindings);
  }
  return { text, bindings };
}

export const empty: Sql = { text: "", bindings: [] };

/** SQL that our own source made: never text of a request. */
export function raw(text: string): Sql {
  return { text, bindings: [] };
}

/** A quoted name, which must come from the schema. */
export function identifier(name: string): Sql {
  return raw(`"${name.replaceAll('"', '""')}"`);
}

/** A text constant that must stand in the SQL itself (a JSON key, say). It is quoted. */
export function textLiteral(text: string): Sql {
  // SQLite reads a statement up to the first U+0000: what follows would be missing.
  if (text.includes("\u0000")) throw new AppError("invalidQuery", { message: "A name must not contain the character U+0000." });
  return raw(`'${text.replaceAll("'", "''")}'`);
}

export function bind(binding: Binding): Sql {
  return { text: "?", bindings: [binding] };
}

export function constant(value: Stored): Sql {
  return bind({ type: "constant", value });
}

/** The parameter with its value rewritten, where `value` is one parameter and nothing else; else undefined. */
export function withTransform(value: Sql, transform: Transform): Sql | undefined {
  const [binding] = value.bindings;
  if (value.text !== "?" || binding === undefined) return undefined;
  if (binding.type === "constant") return constant(typeof binding.value === "string" ? transform(binding.value) : binding.value);
  return binding.type === "slot" || binding.type === "actor" ? bind({ ...binding, transform }) : undefined;
}

export function join(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map((part) => part.text).join(separator), bindings: parts.flatMap((part) => part.bindings) };
}
