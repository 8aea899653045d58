import { AppError, type FieldProblem } from "#contract";
import type { Exchange } from "../../http/exchange.ts";

/** Bytes of a form. */
const MOST = 65_536;

/** What was filled in, by the names of the fields; a field that was not sent is empty. */
export type Form = (name: string) => string;

/** A form as our own pages send it. A name twice is refused: one would be checked, the other used. */
export async function readForm(exchange: Exchange): Promise<Form> {
  return formOf(new URLSearchParams(await readFormText(exchange)));
}

/** The same as it came. */
export async function readFormText(exchange: Exchange): Promise<string> {
  const [type = ""] = (exchange.header("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") throw new AppError("unsupportedMediaType");
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of exchange.stream(MOST, "formBytes")) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** The same of a query. */
export function formOf(parameters: URLSearchParams): Form {
  const values = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (values.has(name)) throw new AppError("invalidBody", { details: "A field was sent twice." });
    values.set(name, value);
  }
  return (name) => values.get(name) ?? "";
}

/** Those of the fields that were left empty, as problems. */
export function leftEmpty(given: Form, names: readonly string[]): readonly FieldProblem[] {
  return names.filter((name) => given(name).trim() === "").map((field) => ({ field, message: "must be filled in" }));
}

/** Throws `validationFailed` where one of the fields was left empty. */
export function requireFilled(given: Form, names: readonly string[]): void {
  const fields = leftEmpty(given, names);
  if (fields.length > 0) throw new AppError("validationFailed", { fields });
}
