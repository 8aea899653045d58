import { didYouMean } from "#base";
import type { Column, Table } from "#database";
import type { Translated } from "../../mail/brand.ts";
import { readLanguage } from "../../mail/languages.ts";
import { type DefinitionProblem, namedThings } from "../../schema/definition-error.ts";
import { formOf, isRequired, isWritable, labelFrom, type PageField } from "./page-fields.ts";
import { type AuthPageChanges, authPageWords, type AuthPageWords, placeholdersOf } from "./page-words.ts";

/** What a field is called on the pages. */
export type PageFieldInput =
  | Translated
  | {
      readonly label?: Translated;
      /** A line below it. */
      readonly hint?: Translated;
      /** What the values of an enum are called. */
      readonly options?: Readonly<Record<string, Translated>>;
    };

export interface AuthPagesInput {
  /** Where somebody is taken who signs in and came from nowhere: a path of this site. Default `/`; the account's page where there are no routes. */
  readonly home?: string;
  /**
   * What the fields of `users` are called where somebody signs up: `{ name: { en: "Your name", nl: "Je naam" } }`. Those that every user needs are asked
   * for in any case, and called by their names; others are asked for where they stand here.
   */
  readonly fields?: Readonly<Record<string, PageFieldInput>>;
  /** What the tables are called where somebody is told what goes with their account: `{ notes: "Your notes" }`. By default by their names. */
  readonly tables?: Readonly<Record<string, Translated>>;
  /** Other words than ours, by language: `{ en: { signUpTitle: "Join us" } }`. The pages speak de, en, es, fr and nl. */
  readonly texts?: AuthPageChanges;
}

/** The pages of sign-in, checked. */
export interface AuthPages {
  readonly home: string | undefined;
  readonly fields: readonly PageField[];
  readonly tables: Readonly<Record<string, Translated>>;
  readonly texts: AuthPageChanges;
}

type Report = (place: string, message: string) => void;

/** Undefined where there are to be none. */
export function buildAuthPages(
  written: unknown,
  { users, tables }: { readonly users: Table; readonly tables: Iterable<string> },
  problems: DefinitionProblem[],
): AuthPages | undefined {
  if (written === false) return undefined;
  const report: Report = (place, message) => void problems.push({ place: `auth.pages${place}`, message });
  const given = written === undefined || written === true ? {} : namedThings(written, "auth.pages", problems);
  const names = ["home", "fields", "tables", "texts"];
  for (const name of Object.keys(given))
    if (!names.includes(name)) report(`.${name}`, `is nothing that the pages have${didYouMean(name, names)}`);
  const { home } = given;
  if (home !== undefined && (typeof home !== "string" || !/^\/(?![/\\])[^\s\\]*$/.test(home)))
    report(".home", "is a path of this site, such as /welcome");
  const inputs = namedThings(given["fields"] ?? {}, "auth.pages.fields", problems);
  return {
    home: typeof home === "string" ? home : undefined,
    fields: buildPageFields(users, "user", { inputs, report }),
    tables: readTables(namedThings(given["tables"] ?? {}, "auth.pages.tables", problems), [...tables], report),
    texts: readTexts(namedThings(given["texts"] ?? {}, "auth.pages.texts", problems), report),
  };
}

/** The fields of a table that a page asks for: those that every row needs, and those that have an input. `prefix` begins their names in forms. */
export function buildPageFields(
  table: Table,
  prefix: string,
  { inputs, report }: { readonly inputs: Readonly<Record<string, unknown>>; readonly report: Report },
): readonly PageField[] {
  const columns = [...table.columns.values()].filter((column) => isWritable(table, column));
  const names = columns.map(({ name }) => name);
  for (const name of Object.keys(inputs)) {
    if (!names.includes(name))
      report(`.fields.${name}`, `is no field of '${table.name}' that can be filled in${didYouMean(name, names)}`);
  }
  return columns.flatMap((column) => {
    const { name } = column;
    const isAsked = Object.hasOwn(inputs, name) || isRequired(table, column);
    if (!isAsked) return [];
    const form = formOf(column);
    if (form === undefined) {
      const kind = column.reference === undefined ? column.kind.name : "a reference";
      report("", `cannot ask for '${table.name}.${name}' (${kind}): make it optional, give it a default, or write pages: false`);
      return [];
    }
    return [
      fieldOf(column, form, { name: `${prefix}.${name}`, input: inputs[name], required: isRequired(table, column), report }),
    ];
  });
}

function fieldOf(
  column: Column,
  form: PageField["form"],
  {
    name: inputName,
    input,
    required,
    report,
  }: { readonly name: string; readonly input: unknown; readonly required: boolean; readonly report: Report },
): PageField {
  const { name, options: kindOptions } = column;
  const place = `.fields.${name}`;
  const isNested =
    typeof input === "object" && input !== null && ["label", "hint", "options"].some((key) => Object.hasOwn(input, key));
  const { label, hint, options = {} } = (isNested ? input : { label: input }) as Readonly<Record<string, unknown>>;
  const values = kindOptions.values ?? [];
  const called = typeof options === "object" && options !== null ? (options as Readonly<Record<string, unknown>>) : {};
  for (const value of Object.keys(called))
    if (!values.includes(value)) report(`${place}.options`, `'${value}' is no value of '${name}'${didYouMean(value, values)}`);
  return {
    column,
    input: inputName,
    form,
    required,
    label: readPageText(label, `${place}.label`, report) ?? labelFrom(name),
    hint: readPageText(hint, `${place}.hint`, report),
    options: values.map((value) => ({
      value,
      label: readPageText(called[value], `${place}.options.${value}`, report) ?? labelFrom(value),
    })),
  };
}

/** Text, or text by language; undefined where there is none, or it is something else. */
export function readPageText(given: unknown, place: string, report: Report): Translated | undefined {
  if (given === undefined || (typeof given === "string" && given !== "")) return given;
  const isTable =
    typeof given === "object" &&
    given !== null &&
    Object.entries(given).every(([tag, text]) => readLanguage(tag) === tag && typeof text === "string" && text !== "");
  if (isTable && Object.keys(given).length > 0) return given as Translated;
  report(place, 'is text, or text by language: { en: "Your name" }');
  return undefined;
}

function readTables(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  report: Report,
): Readonly<Record<string, Translated>> {
  const called: Record<string, Translated> = {};
  for (const [table, text] of Object.entries(given)) {
    if (!known.includes(table)) report(`.tables.${table}`, `is no table${didYouMean(table, known)}`);
    const words = readPageText(text, `.tables.${table}`, report);
    if (words !== undefined) called[table] = words;
  }
  return called;
}

function readTexts(given: Readonly<Record<string, unknown>>, report: Report): AuthPageChanges {
  const english = authPageWords["en"] as AuthPageWords;
  const names = Object.keys(english);
  for (const [tag, words] of Object.entries(given)) {
    if (readLanguage(tag) !== tag) report(`.texts.${tag}`, "is no language tag such as en or pt-BR");
    for (const [name, text] of Object.entries(words ?? {})) {
      const place = `.texts.${tag}.${name}`;
      if (!names.includes(name)) report(place, `is no text of the pages${didYouMean(name, names)}`);
      else if (typeof text !== "string" || text === "") report(place, "is text");
      else {
        const known = placeholdersOf(english[name as keyof AuthPageWords]);
        for (const placeholder of placeholdersOf(text))
          if (!known.includes(placeholder))
            report(
              place,
              `has {${placeholder}}, and only ${known.map((each) => `{${each}}`).join(", ") || "nothing"} is filled in there`,
            );
      }
    }
  }
  return given as AuthPageChanges;
}
