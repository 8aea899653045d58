import { AppError } from "chassis";
import { html, type Html } from "./html.ts";

/** What somebody typed in, and what was wrong with it, by the name of the field. */
export interface Form {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: Readonly<Record<string, string>>;
}

export const emptyForm: Form = { values: {}, problems: {} };

/** The fields of a form that was sent. Line ends are \n, as people mean them, not \r\n, as forms send them. */
export async function readForm(request: Request): Promise<Readonly<Record<string, string>>> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(await request.text())) fields[name] ??= value.replaceAll("\r\n", "\n").trim();
  return fields;
}

/** What the schema refused of a form, by field. What is not about the form is thrown on. */
export function problemsIn(error: unknown): Form["problems"] {
  if (!(error instanceof AppError) || error.fields === undefined) throw error;
  return Object.fromEntries(error.fields.map(({ field, message }) => [field, `This ${message.replace(/\.?$/, ".")}`]));
}

interface Field {
  readonly name: string;
  readonly label: string;
  /** Above one it is a text area. */
  readonly rows: number;
  readonly maximum: number;
}

/** A field with its label, what was typed in before, and what is wrong with it. */
export function field({ name, label, rows, maximum }: Field, { values, problems }: Form): Html {
  const problem = problems[name];
  const value = values[name] ?? "";
  const described = problem === undefined ? "" : `${name}-problem`;
  const invalid = problem === undefined ? "false" : "true";
  return html`<p class="field">
  <label for="${name}">${label}</label>
  ${
    rows === 1
      ? html`<input id="${name}" name="${name}" value="${value}" maxlength="${maximum}" required aria-invalid="${invalid}" aria-describedby="${described}">`
      : html`<textarea id="${name}" name="${name}" rows="${rows}" maxlength="${maximum}" required aria-invalid="${invalid}" aria-describedby="${described}">
${value}</textarea>`
  }
  ${problem !== undefined && html`<span class="problem" id="${name}-problem">${problem}</span>`}
</p>`;
}
