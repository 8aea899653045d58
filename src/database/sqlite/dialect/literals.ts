import type { Stored } from "#contract";
import type { Sql } from "../../sql/sql.ts";

/** A quoted name of the schema. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A value written out, for the places where SQLite takes no parameter: CHECK, DEFAULT, triggers. Only for values of the
 * definition. On one line, so that a definition reads and compares line by line.
 */
export function literal(value: Stored): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return textLiteral(value);
  if (typeof value === "object") return `x'${Buffer.from(value).toString("hex")}'`;
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`${value} has no form in SQL.`);
  return String(value);
}

function textLiteral(text: string): string {
  const parts = text.split(/([\u0000-\u001f])/).filter((part) => part !== "");
  if (parts.length === 0) return "''";
  const written = parts.map((part) => (part < " " ? `char(${part.charCodeAt(0)})` : `'${part.replaceAll("'", "''")}'`));
  // A call, like every expression but a literal, stands after DEFAULT only in brackets.
  return text >= " " && written.length === 1 ? written.join("") : `(${written.join(" || ")})`;
}

/** As node:sqlite would bind it: a number is a real, a bigint an integer. In brackets where a sign could join what stands before. */
function parameterLiteral(value: Stored): string {
  const text = literal(value);
  const real = typeof value === "number" && /^-?\d+$/.test(text) ? `${text}.0` : text;
  return real.startsWith("-") ? `(${real})` : real;
}

/**
 * The SQL with its constants written out in place of their parameters.
 *
 * @throws Error when a parameter is anything else: what depends on the request cannot stand in a definition.
 */
export function inlineConstants(sql: Sql): string {
  let index = 0;
  // Quoted text and names are taken whole, so that a question mark in one is left alone.
  const text = sql.text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (token) => {
    if (token !== "?") return token;
    const binding = sql.bindings[index++];
    if (binding === undefined) throw new Error("The SQL has more parameters than bindings.");
    if (binding.type !== "constant") throw new Error(`A check cannot depend on the request (it uses '${binding.type}').`);
    return parameterLiteral(binding.value);
  });
  if (index !== sql.bindings.length) throw new Error("The SQL has fewer parameters than bindings.");
  return text;
}
