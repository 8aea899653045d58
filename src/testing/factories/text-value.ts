import type { Column } from "#database";
import { openEnds, PatternRefusedError, patternText } from "./pattern-text.ts";
import { firstNames, lastNames, words } from "./sample-words.ts";
import { CannotMakeError, type ValueSource } from "./value-source.ts";

/** How many texts are tried before it is said that none fits. */
const TRIES = 300;

/** A text that keeps the limits of its column: something like what its name promises, where they allow that. */
export function madeText(column: Column, source: ValueSource): string {
  const candidates = makers(column, source);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    for (const make of candidates) {
      const text = make(attempt);
      if (fits(column, text)) return text;
    }
  }
  const { pattern, minLength, maxLength } = column.limits;
  const wanted = [
    ...(column.kind.name === "email" || column.kind.name === "url"
      ? [`is ${column.kind.name === "url" ? "a URL" : "an e-mail address"}`]
      : []),
    ...(pattern === undefined ? [] : [`matches /${pattern.source}/${pattern.flags}`]),
    ...(minLength === undefined && maxLength === undefined
      ? []
      : [`has ${minLength ?? 0} to ${maxLength ?? "any number of"} characters`]),
  ];
  throw new CannotMakeError(`needs a value: no text was found that ${wanted.join(" and ")}`);
}

type Maker = (attempt: number) => string;

function makers(column: Column, source: ValueSource): readonly Maker[] {
  const { limits, kind } = column;
  const plain: Maker = () =>
    shaped(column, kind.name === "email" || kind.name === "url" ? addressLike(column, source) : named(column, source));
  if (limits.pattern === undefined) return [plain];
  return [plain, ...fromPattern(column, limits.pattern, source)];
}

function fromPattern(
  column: Column,
  { source, flags }: { readonly source: string; readonly flags: string },
  values: ValueSource,
): readonly Maker[] {
  let make: ReturnType<typeof patternText>;
  try {
    make = patternText(source, flags);
  } catch (error) {
    if (error instanceof PatternRefusedError) throw new CannotMakeError(`needs a value: ${error.message}`);
    throw error;
  }
  const ends = openEnds(source);
  const { minLength = 0 } = column.limits;
  return [
    () => {
      const text = make(values.random);
      const missing = minLength - [...text].length;
      if (missing <= 0 || (!ends.before && !ends.after)) return text;
      const filling = "a".repeat(missing);
      return ends.after ? text + filling : filling + text;
    },
  ];
}

function fits(column: Column, text: string): boolean {
  const parsed = column.kind.fromJson(text, column.options);
  if (!parsed.ok) return false;
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = column.limits;
  const length = [...text].length;
  if (length < minLength || length > maxLength) return false;
  return pattern === undefined || new RegExp(pattern.source, pattern.flags).test(text);
}

/** What the name of the column promises, each time another one. */
function named({ name, limits, kind }: Column, source: ValueSource): string {
  const { random } = source;
  const number = source.next();
  const sentence = (count: number): string => Array.from({ length: count }, () => random.pick(words)).join(" ");
  if (kind.name === "secret") return `secret-${number}-${random.below(1e9).toString(36)}`;
  if (/slug|handle|username|(?:^|_)code$|(?:^|_)key$/.test(name)) return `${random.pick(words)}-${number}`;
  if (/domain|host/.test(name)) return `${random.pick(words)}${number}.example`;
  if (/phone|mobile/.test(name)) return `+3120${String(1_000_000 + number).slice(-7)}`;
  if (/country/.test(name) && (limits.maxLength ?? 99) <= 3) return random.pick(["nl", "de", "fi", "no", "fr", "jp", "br"]);
  if (/first_?name/.test(name)) return random.pick(firstNames);
  if (/last_?name|surname/.test(name)) return random.pick(lastNames);
  if (/^name$|_name$|author|writer|owner|person/.test(name))
    return `${random.pick(firstNames)} ${random.pick(lastNames)} ${number}`;
  if (/body|text|description|notes?$|comment|bio|summary|message/.test(name))
    return `${capital(sentence(random.between(5, 12)))} (${number}).`;
  return `${capital(sentence(random.between(1, 3)))} ${number}`;
}

function addressLike({ kind }: Column, source: ValueSource): string {
  const { random } = source;
  const number = source.next();
  if (kind.name === "url") return `https://${random.pick(words)}.example/${random.pick(words)}-${number}`;
  return `${random.pick(firstNames)}.${random.pick(lastNames)}.${number}@example.org`.toLowerCase();
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Cut or filled so that its length is good. What is left of it differs from the others still. */
function shaped({ limits: { minLength = 0, maxLength }, kind }: Column, text: string): string {
  const characters = [...text];
  if (maxLength !== undefined && characters.length > maxLength) {
    if (kind.name === "email" && maxLength >= 6) return `${tail(text, maxLength - 4)}@a.b`;
    if (kind.name === "url" && maxLength >= 9) return `http://${tail(text, maxLength - 7)}`;
    return tail(text, maxLength);
  }
  if (characters.length >= minLength) return text;
  const filling = "x".repeat(minLength - characters.length);
  return kind.name === "email" ? fillAddress(text, filling) : text + filling;
}

/** The part of an address before the @ has 64 characters at most, each part of the domain 63. */
function fillAddress(text: string, filling: string): string {
  const [local = "", domain = ""] = text.split("@");
  const here = filling.slice(0, Math.max(0, 64 - local.length));
  const rest = filling.slice(here.length);
  const labels = rest.match(/.{1,60}/g) ?? [];
  return `${local}${here}@${labels.map((label) => `${label.slice(1)}.`.replace(/^\./, "x.")).join("")}${domain}`;
}

/** A short text made of a longer one: its letters and digits, mixed by all of them. */
function tail(text: string, length: number): string {
  let mixed = 7;
  for (const character of text) mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  let made = "";
  for (let place = 0; place < length; place++) {
    mixed = (Math.imul(mixed, 1_664_525) + 1_013_904_223) >>> 0;
    made += letters[(mixed >>> 8) % (place === 0 ? 26 : letters.length)] ?? "a";
  }
  return made;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
