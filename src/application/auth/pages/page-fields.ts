import type { FieldProblem, Json, KindName } from "#contract";
import { type Column, isManaged, type Table } from "#database";
import type { Translated } from "../../mail/brand.ts";

/** How a page asks for a value. */
export type PageFieldForm = "line" | "lines" | "email" | "url" | "whole" | "number" | "date" | "checkbox" | "choice";

/** A field of a table that a page asks for: of `users`, where somebody signs up. */
export interface PageField {
  readonly column: Column;
  /** Its name in a form: `user.name`. */
  readonly input: string;
  readonly form: PageFieldForm;
  /** Whether it must be filled in. */
  readonly required: boolean;
  readonly label: Translated;
  readonly hint: Translated | undefined;
  /** Of a choice, in the order in which they are shown. */
  readonly options: readonly { readonly value: string; readonly label: Translated }[];
}

const forms: Partial<Readonly<Record<KindName, PageFieldForm>>> = {
  text: "line",
  email: "email",
  url: "url",
  integer: "whole",
  decimal: "number",
  real: "number",
  date: "date",
  bool: "checkbox",
  enum: "choice",
};

/** Characters of a text from which on it has several lines. */
const LINES = 200;

/** Undefined for what no page asks for: references, files, JSON, moments, secrets. */
export function formOf({ kind, reference, secret, limits }: Column): PageFieldForm | undefined {
  if (reference !== undefined || secret) return undefined;
  const form = forms[kind.name];
  return form === "line" && (limits.maxLength ?? 0) > LINES ? "lines" : form;
}

/** Whether a caller may give the column a value at all, as far as the table says. */
export function isWritable(table: Table, column: Column): boolean {
  return column !== table.key && !isManaged(column) && column.computed === undefined;
}

/** Whether no row is made without a value that somebody gives. */
export function isRequired(table: Table, column: Column): boolean {
  return isWritable(table, column) && !column.nullable && column.default === undefined;
}

/** `firstName` and `first_name` are "First name". */
export function labelFrom(name: string): string {
  const words = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replaceAll(/[_\s-]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What was filled in, as the row is written; and what has no such form. What is left empty is left out. */
export function readPageFields(
  fields: readonly PageField[],
  typed: (name: string) => string,
): { readonly row: Readonly<Record<string, Json>>; readonly problems: readonly FieldProblem[] } {
  const row: Record<string, Json> = {};
  const problems: FieldProblem[] = [];
  for (const { column, input, form, required } of fields) {
    const { name, kind, options } = column;
    const text = form === "lines" ? typed(input).replaceAll("\r\n", "\n") : typed(input);
    if (form === "checkbox") row[name] = text !== "";
    else if (text.trim() === "") {
      if (required) problems.push({ field: input, message: "must be filled in" });
    } else {
      const parsed = kind.fromText(form === "line" || form === "lines" ? text : text.trim(), options);
      if (!parsed.ok) problems.push({ field: input, message: parsed.message });
      else if (parsed.value !== null) row[name] = kind.toJson(parsed.value, options);
    }
  }
  return { row, problems };
}
