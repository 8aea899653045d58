import { type AuthPageWords, type PageField, passwordLengths, translate } from "#application";
import { attributes, html, type Html } from "../../pages/html.ts";
import type { Draft } from "./auth-page.ts";
import type { Speech } from "./speech.ts";
import type { Visit } from "./visit.ts";

export interface FieldOptions {
  readonly name: string;
  readonly label: string;
  /** `email` and `text` are shown again as they were typed; a password never is. */
  readonly type: "email" | "password" | "text" | "date" | "url";
  /** By which programs that keep passwords know what it is (HTML, autofill). */
  readonly autocomplete?: string;
  readonly inputmode?: "numeric" | "decimal";
  readonly hint?: string | undefined;
  readonly optional?: boolean;
  readonly value?: string;
  /** The first to be typed into, where nothing is wrong. */
  readonly first?: boolean;
  readonly look?: "code";
}

/** A field with its label, its hint and what is wrong with it. */
export function field(visit: Visit, draft: Draft, options: FieldOptions): Html {
  const { name, type, autocomplete = "off", inputmode, optional = false } = options;
  const value = type === "password" ? undefined : visit.given(name) || options.value || undefined;
  return wrap(visit, draft, {
    ...options,
    control: html`<input name="${name}"${attributes({ id: name, type, autocomplete, inputmode, value, required: !optional, ...states(draft, options) })}>`,
  });
}

interface Described {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly optional?: boolean;
  readonly first?: boolean;
  readonly look?: "code";
}

function wrap(
  visit: Visit,
  draft: Draft,
  { name, label, hint, look, optional = false, control }: Described & { readonly control: Html },
): Html {
  const problem = draft.problems.get(name);
  return html`<div class="field${look === undefined ? "" : ` ${look}`}">
<label for="${name}">${label}${optional ? html` <span class="quiet">(${visit.say("optional")})</span>` : null}</label>
${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint}</p>`}
${problem === undefined ? null : html`<p class="problem" id="${name}-problem"><span class="hidden">${visit.say("error")}: </span>${problem}</p>`}
${control}
</div>`;
}

/** What a field says of its state. */
function states(draft: Draft, { name, hint, first = false }: Described): Readonly<Record<string, string | boolean | undefined>> {
  const isWrong = draft.problems.has(name);
  const about = [...(hint === undefined ? [] : [`${name}-hint`]), ...(isWrong ? [`${name}-problem`] : [])];
  const isFirst = first && draft.problems.size === 0 && draft.alert === undefined;
  return {
    "aria-invalid": isWrong && "true",
    "aria-describedby": about.length > 0 && about.join(" "),
    autofocus: isFirst,
  };
}

export function emailField(visit: Visit, draft: Draft, options: Partial<FieldOptions> = {}): Html {
  return field(visit, draft, {
    name: "email",
    label: visit.say("email"),
    type: "email",
    autocomplete: "username",
    value: visit.state.address ?? "",
    ...options,
  });
}

export function passwordField(
  visit: Visit,
  draft: Draft,
  { isNew = false, ...options }: Partial<FieldOptions> & { readonly isNew?: boolean } = {},
): Html {
  return field(visit, draft, {
    name: "password",
    label: visit.say("password"),
    type: "password",
    autocomplete: isNew ? "new-password" : "current-password",
    ...(isNew ? { hint: visit.say("passwordHint", { least: passwordLengths.least }) } : {}),
    ...options,
  });
}

/** Whose password a form is about: programs that keep passwords learn it from there. */
export function passwordOwner(address: string | null): Html {
  return html`<input type="email" name="username" value="${address ?? ""}" autocomplete="username" hidden>`;
}

/** A code that came by mail, or that an app shows. */
export function codeField(visit: Visit, draft: Draft, label: string): Html {
  return field(visit, draft, {
    name: "code",
    label,
    type: "text",
    autocomplete: "one-time-code",
    inputmode: "numeric",
    first: true,
    look: "code",
  });
}

/** What a form sends along. */
export function hidden(name: string, value: string | undefined): Html | null {
  return value === undefined || value === "" ? null : html`<input type="hidden" name="${name}" value="${value}">`;
}

/** What a field is called, in a list of what is wrong. */
export function labelOf(field: string, { say, language }: Speech, fields: readonly PageField[]): string {
  const found = fields.find(({ input }) => input === field);
  if (found !== undefined) return translate(found.label, language, "en");
  return say(ownLabels[field] ?? "email");
}

const ownLabels: Readonly<Record<string, keyof AuthPageWords>> = {
  role: "role",
  email: "email",
  password: "password",
  current: "currentPassword",
  code: "code",
  confirm: "deleteConfirm",
};

/** The fields of `users` that somebody is asked for. */
export function userFields(visit: Visit, draft: Draft): readonly Html[] {
  return (visit.auth.definition.pages?.fields ?? []).map((each) => rowField(visit, draft, each));
}

/** By how a field is called: HTML, autofill. */
const autofill: Readonly<Record<string, string>> = {
  name: "name",
  fullname: "name",
  firstname: "given-name",
  givenname: "given-name",
  lastname: "family-name",
  familyname: "family-name",
  nick: "nickname",
  nickname: "nickname",
  phone: "tel",
  telephone: "tel",
  organisation: "organization",
  organization: "organization",
  company: "organization",
  country: "country-name",
  city: "address-level2",
  website: "url",
  birthday: "bday",
  email: "email",
};

/** A field of a table, as its form says. `value`: what it has, where the row is there already. */
export function rowField(visit: Visit, draft: Draft, { column, input: name, form, required, ...words }: PageField): Html {
  const inLanguage = (text: typeof words.label): string => translate(text, visit.language, "en");
  const hint = words.hint === undefined ? undefined : inLanguage(words.hint);
  const described: Described = { name, label: inLanguage(words.label), hint, optional: !required };
  switch (form) {
    case "checkbox":
      return checkbox(visit, draft, described);
    case "choice":
      return choice(visit, draft, { ...described, options: words.options.map(({ value, label }) => [value, inLanguage(label)]) });
    case "lines":
      return wrap(visit, draft, {
        ...described,
        control: html`<textarea id="${name}" name="${name}" rows="4"${attributes({ required, ...states(draft, described) })}>
${visit.given(name)}</textarea>`,
      });
    case "whole":
    case "number":
      return field(visit, draft, { ...described, type: "text", inputmode: form === "whole" ? "numeric" : "decimal" });
    case "date":
      return field(visit, draft, { ...described, type: "date", autocomplete: autofillOf(column.name) });
    case "email":
    case "url":
      return field(visit, draft, { ...described, type: form, autocomplete: form });
    case "line":
      return field(visit, draft, { ...described, type: "text", autocomplete: autofillOf(column.name) });
  }
}

function autofillOf(name: string): string {
  return autofill[name.toLowerCase().replaceAll(/[_-]/g, "")] ?? "off";
}

function checkbox(visit: Visit, draft: Draft, described: Described): Html {
  const { name, label, hint } = described;
  const problem = draft.problems.get(name);
  return html`<div class="field tick">
<input id="${name}" name="${name}" type="checkbox" value="true"${attributes({ checked: visit.given(name) !== "", ...states(draft, described) })}>
<label for="${name}">${label}</label>
${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint}</p>`}
${problem === undefined ? null : html`<p class="problem" id="${name}-problem"><span class="hidden">${visit.say("error")}: </span>${problem}</p>`}
</div>`;
}

function choice(
  visit: Visit,
  draft: Draft,
  described: Described & { readonly options: readonly (readonly [value: string, label: string])[] },
): Html {
  const { name, options, optional = false } = described;
  const given = visit.given(name);
  return wrap(visit, draft, {
    ...described,
    control: html`<select id="${name}" name="${name}"${attributes({ required: !optional, ...states(draft, described) })}>
<option value="">${visit.say("choose")}</option>
${options.map(([value, label]) => html`<option value="${value}"${attributes({ selected: value === given })}>${label}</option>`)}
</select>`,
  });
}

/** A form that goes to its own page, with its button at the end. What browsers check by themselves is said by the page, in its own words. */
export function form(
  visit: Visit,
  {
    path,
    button,
    fields,
    plain = false,
  }: {
    readonly path: string;
    readonly button: keyof AuthPageWords;
    readonly fields: readonly (Html | null)[];
    readonly plain?: boolean;
  },
): Html {
  return html`<form method="post" action="${path}" novalidate>
${hidden("to", visit.to)}
${fields}
<button class="button${plain ? "" : " main"}">${visit.say(button)}</button>
</form>`;
}

/** A form that a passkey answers, shown where a script runs and the browser knows passkeys. */
export function passkeyForm(
  visit: Visit,
  {
    kind,
    path,
    button,
    fields = [],
  }: {
    readonly kind: "sign-in" | "factor" | "prove" | "add";
    readonly path: string;
    readonly button: keyof AuthPageWords;
    readonly fields?: readonly Html[];
  },
): Html {
  const { say, to } = visit;
  return html`<form method="post" action="${path}" data-passkey="${kind}" hidden>
${hidden("to", to)}<input type="hidden" name="response">
${fields}
<button class="button${kind === "add" ? " main" : ""}">${say(button)}</button>
<p class="problem" role="alert" data-passkey-problem data-cancelled="${say("passkeyCancelled")}" data-failed="${say("passkeyFailed")}" hidden></p>
</form>`;
}
