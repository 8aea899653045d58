import type { KindName, KindOptions } from "#contract";
import type { SourceColumn } from "#database";
import type { Reading } from "./convert-value.ts";
import type { Profile } from "./profile-column.ts";

/** What a column most likely holds. */
export interface Guess {
  readonly kind: Exclude<KindName, "uuid">;
  readonly options: KindOptions;
  readonly reading: Reading;
  /** The longest text that it is declared for, where all values keep to it. */
  readonly maxLength?: number;
  /** In words for whoever reads the schema, where it is more than what the declaration says; undefined where it goes without saying. */
  readonly why?: string;
}

/** What is known of a column from elsewhere: a CHECK, or the bookkeeping of the program that made the database. */
export interface Hint {
  readonly kind?: Exclude<KindName, "uuid">;
  readonly options?: KindOptions;
  readonly why?: string;
}

interface Question {
  readonly column: SourceColumn;
  readonly profile: Profile;
  readonly hint: Hint | undefined;
}

type Answer = Guess | undefined;

/** The first that has an answer counts. */
export function guessKind(question: Question): Guess {
  for (const ask of [
    fromHint,
    secretName,
    truth,
    moment,
    day,
    exactNumber,
    wholeNumber,
    bytes,
    jsonText,
    address,
    plainText,
    number,
  ]) {
    const answer = ask(question);
    if (answer !== undefined) return withEmpties(answer, question);
  }
  return guess("bytes", "some values are bytes and others are not: all are kept as bytes");
}

function guess(kind: Guess["kind"], why?: string, rest: Partial<Guess> = {}): Guess {
  return { kind, options: {}, reading: {}, ...(why === undefined ? {} : { why }), ...rest };
}

/** Where an empty text cannot be a value of the kind, it stands for none. */
function withEmpties(answer: Guess, { profile, column }: Question): Guess {
  const takesEmpty =
    answer.kind === "text" || answer.kind === "secret" || answer.kind === "bytes" || answer.options.values?.includes("") === true;
  if (takesEmpty || (profile.empties === 0 && !/^(?:''|"")$/.test(column.default ?? ""))) return answer;
  const why = [answer.why, profile.empties > 0 ? "an empty text becomes null" : undefined].filter((part) => part !== undefined);
  return { ...answer, reading: { ...answer.reading, emptyIsNull: true }, ...(why.length === 0 ? {} : { why: why.join("; ") }) };
}

const declared = ({ column }: Question): string => column.type.toUpperCase();
const hasValues = ({ profile }: Question): boolean => profile.values > profile.nulls + profile.empties;
const isWhole = ({ profile }: Question): boolean => profile.reals + profile.texts + profile.blobs === 0;

const fromHint = ({ hint }: Question): Answer =>
  hint?.kind === undefined ? undefined : guess(hint.kind, hint.why, { options: hint.options ?? {} });

const SECRET = /pass(?:word|wd)|encrypted|secret|_hash$|Hash$|salt$|token(?:_?key)?$|api_?key/i;

/** Hashes of passwords and the like, which no answer may ever hold. */
function secretName(question: Question): Answer {
  const { column, profile } = question;
  const isText = profile.integers + profile.reals + profile.blobs === 0 && /CHAR|TEXT|CLOB|^$/.test(declared(question));
  return isText && SECRET.test(column.name)
    ? guess("secret", "guessed by its name: it is never read through the API")
    : undefined;
}

const FLAG =
  /^(?:is|has|can|should|allow|enable|show)[_A-Z]|^(?:active|enabled|disabled|deleted|published|archived|discontinued|verified|visible|hidden|public)$/i;

function truth(question: Question): Answer {
  const { column, profile } = question;
  const mayBe = !hasValues(question) || profile.all.has("truth");
  if (!mayBe) return undefined;
  if (/BOOL|^BIT$|^BIT\(1\)$|^TINYINT\(1\)$/.test(declared(question))) return guess("bool");
  const isFlag = hasValues(question) && /INT|^$/.test(declared(question)) && FLAG.test(column.name);
  return isFlag ? guess("bool", "guessed: a flag by its name, with 0 and 1 alone") : undefined;
}

const MOMENT =
  /^(?:at|when|ts|time|date)$|(?:_at|_on|_time|At|On|Time|timestamp|_ts|date|Date|created|updated|modified|expires)$/;

function moment(question: Question): Answer {
  const { column, profile } = question;
  const isDeclared = /DATETIME|TIMESTAMP/.test(declared(question));
  if (profile.all.has("timestamp text") && !profile.all.has("date text"))
    return guess("timestamp", isDeclared ? undefined : "guessed from its values; those without a time zone are taken for UTC");
  if (isDeclared && profile.all.has("date text")) return guess("timestamp", "all are at midnight: perhaps date()");
  if (isDeclared && !hasValues(question)) return guess("timestamp");
  if (profile.texts + profile.blobs > 0 || !hasValues(question)) return undefined;
  if (!isDeclared && !(MOMENT.test(column.name) && /INT|NUM|REAL|DOUBLE|FLOAT|DATE|^$/.test(declared(question))))
    return undefined;
  if (profile.least > 2_415_020 && profile.greatest < 2_500_000) return numbers("julian days");
  if (profile.least >= 1e11 && profile.greatest < 4.2e12) return numbers("milliseconds");
  return profile.least >= 3e8 && profile.greatest < 4.2e9 ? numbers("seconds") : undefined;
}

function numbers(unit: NonNullable<Reading["numbers"]>): Guess {
  const words = unit === "julian days" ? "Julian days" : `${unit} since 1970`;
  return guess("timestamp", `guessed: its numbers are ${words}`, { reading: { numbers: unit } });
}

function day(question: Question): Answer {
  const { profile } = question;
  const isDeclared = /^DATE$/.test(declared(question));
  if (profile.all.has("date text")) return guess("date", isDeclared ? undefined : "guessed from its values");
  return isDeclared && !hasValues(question) ? guess("date") : undefined;
}

function exactNumber(question: Question): Answer {
  const { profile, hint } = question;
  const type = declared(question);
  if (!/DEC|NUMERIC|MONEY|NUMBER/.test(type) || (hasValues(question) && !profile.all.has("number"))) return undefined;
  const [, precision, scale] = /\((\d+)(?:\s*,\s*(\d+))?\)/.exec(type) ?? [];
  if (hint?.options?.scale !== undefined) return guess("decimal", hint.why, { options: hint.options });
  // A declared form that the values do not keep to, or that no decimal can have, says nothing.
  if (precision !== undefined && Number(precision) <= 18 && Number(precision) >= 1 && Number(scale ?? 0) <= Number(precision)) {
    const options = { precision: Number(precision), scale: Number(scale ?? 0) };
    if (profile.wholeDigits <= options.precision - options.scale || profile.wholeDigits <= 1) {
      const isRounded = profile.decimals > options.scale;
      if (!isRounded)
        return scale === undefined || Number(scale) === 0 ? guess("integer") : guess("decimal", undefined, { options });
    }
  }
  if (profile.decimals === 0 && hasValues(question)) return guess("integer", "guessed: its numbers are whole");
  const places = Math.max(2, profile.decimals);
  if (places > 6) return guess("real", "guessed: its numbers have many digits after the point");
  return guess("decimal", "guessed from its values", { options: { precision: 18, scale: places } });
}

function wholeNumber(question: Question): Answer {
  const { profile } = question;
  if (!isWhole(question) || !hasValues(question))
    return /INT/.test(declared(question)) && !hasValues(question) ? guess("integer") : undefined;
  if (/REAL|FLOA|DOUB/.test(declared(question))) return guess("real");
  return profile.least < -9007199254740991 || profile.greatest > 9007199254740991
    ? guess("text", "its numbers are past 2^53, which JSON cannot carry: kept as text")
    : guess("integer");
}

function bytes(question: Question): Answer {
  const { profile } = question;
  if (profile.blobs > 0 && profile.texts + profile.integers + profile.reals === 0)
    return guess("bytes", profile.sixteen ? "16 bytes each: perhaps UUIDs" : undefined);
  return !hasValues(question) && /BLOB|BINARY/.test(declared(question)) ? guess("bytes") : undefined;
}

function jsonText(question: Question): Answer {
  const isDeclared = /JSON/.test(declared(question));
  if (isDeclared && !hasValues(question)) return guess("json");
  if (!question.profile.all.has("json")) return undefined;
  return guess("json", isDeclared ? undefined : "guessed from its values");
}

function address(question: Question): Answer {
  const { column, profile } = question;
  if (profile.all.has("email") && /mail/i.test(column.name)) return guess("email", "guessed from its name and values");
  const isLink = /url|link|website|web_?site|homepage|href|avatar|image|photo/i.test(column.name);
  return profile.all.has("url") && isLink ? guess("url", "guessed from its name and values") : undefined;
}

function plainText(question: Question): Answer {
  const { profile } = question;
  const isText = /CHAR|TEXT|CLOB|UUID|TIME|JSON|ENUM|XML/.test(declared(question));
  if (profile.blobs > 0 || (!isText && profile.texts === 0)) return undefined;
  if (!isText && profile.integers + profile.reals > 0 && !/^$/.test(declared(question)))
    return guess("text", `declared ${column(question)}, and some values are text: all are kept as text`);
  const length = Number(/\((\d+)\)/.exec(declared(question))?.[1]);
  const uuids = profile.all.has("uuid") ? "its values are UUIDs" : undefined;
  if (!(length > 0)) return guess("text", uuids);
  if (profile.longest <= length) return guess("text", uuids, { maxLength: length });
  return guess("text", `declared ${column(question)}, and some are longer (${profile.longest})`);
}

const column = (question: Question): string => question.column.type;

function number(question: Question): Answer {
  const { profile } = question;
  if (profile.texts + profile.blobs > 0) return undefined;
  if (/REAL|FLOA|DOUB|NUM|DEC/.test(declared(question)) || profile.reals > 0) return guess("real");
  return hasValues(question) ? guess("integer") : guess("text", "guessed: nothing is declared, and there are no values");
}
