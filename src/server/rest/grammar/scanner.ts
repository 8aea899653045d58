import { AppError } from "#contract";

const NAME = 1;
const KEY = 2;

/** For each ASCII character: may it stand in a bare name, and in a bare JSON key? Everything beyond ASCII may. */
const classes = new Uint8Array(128).fill(KEY);
for (const character of "(-:.,>)") classes[character.charCodeAt(0)] = 0;
for (let code = 0; code < 128; code++) {
  if (code === 0) classes[code] = 0;
  if (/[A-Za-z0-9_ $]/.test(String.fromCharCode(code))) classes[code] = NAME | KEY;
}

const SPACE = 32;
const TAB = 9;
const QUOTE = 34;
const DASH = 45;
const GREATER = 62;
const BACKSLASH = 92;

/** A place in the text of one parameter. Every method moves forward or throws `invalidQuery`: nothing is read twice. */
export class Scanner {
  readonly text: string;
  readonly parameter: string;
  /** Where the text starts within the parameter's value: for messages. */
  readonly base: number;
  position = 0;
  /** Whether the last `name` or `jsonKey` stood in quotes: such a name is never a keyword. */
  quoted = false;

  constructor(text: string, parameter: string, base = 0) {
    this.text = text;
    this.parameter = parameter;
    this.base = base;
  }

  /** The code of the next character; NaN at the end. */
  peek(): number {
    return this.text.charCodeAt(this.position);
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Steps over `word` if it comes next. */
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.position)) return false;
    this.position += word.length;
    return true;
  }

  expect(word: string, expected: string = `'${word}'`): void {
    if (!this.take(word)) this.fail(expected);
  }

  skipSpace(): void {
    while (this.peek() === SPACE || this.peek() === TAB) this.position += 1;
  }

  /** A column, relation, alias or cast: bare (letters, digits, `_`, `$`, space, `-`) or in double quotes. */
  name(expected: string): string {
    return this.#word(NAME, expected);
  }

  /** A key of a JSON object: bare (anything but `(-:.,>)`, a dash within is allowed) or in double quotes. */
  jsonKey(): string {
    return this.#word(KEY, "a key or an index");
  }

  #word(wanted: number, expected: string): string {
    const { text } = this;
    if (this.peek() === QUOTE) {
      this.quoted = true;
      const word = this.quotedText(expected);
      if (word.includes("\0")) this.fail(`${expected} without the character U+0000`);
      return word;
    }
    this.quoted = false;
    const start = this.position;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code >= 128 || ((classes[code] as number) & wanted) !== 0) continue;
      if (code !== DASH || end === start || text.charCodeAt(end + 1) === GREATER) break;
    }
    const word = trimSpaces(text, start, end);
    if (word === "") this.fail(expected);
    this.position = end;
    return word;
  }

  /**
   * What stands in double quotes, where a backslash takes the next character as it is. Empty is refused where `expected` is
   * given.
   */
  quotedText(expected?: string): string {
    const { text } = this;
    const start = this.position;
    let from = start + 1;
    let result = "";
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        result += text.slice(from, at);
        if (result === "" && expected !== undefined) this.fail(expected);
        this.position = at + 1;
        return result;
      }
      if (code === BACKSLASH) {
        result += text.slice(from, at);
        at += 1;
        from = at;
      }
    }
    this.position = text.length;
    return this.fail(`a closing double quote for the one at character ${this.base + start + 1}`);
  }

  /** Refuses what is left over. */
  finish(expected: string): void {
    if (!this.atEnd) this.fail(expected);
  }

  fail(expected: string): never {
    const character = this.text.codePointAt(this.position);
    const found = character === undefined ? "the end" : JSON.stringify(String.fromCodePoint(character));
    throw new AppError("invalidQuery", {
      message: `The parameter '${shorten(this.parameter)}' could not be read at character ${this.base + this.position + 1}.`,
      details: `Expected ${expected}, found ${found}.`,
    });
  }
}

function trimSpaces(text: string, start: number, end: number): string {
  while (start < end && text.charCodeAt(start) === SPACE) start += 1;
  while (end > start && text.charCodeAt(end - 1) === SPACE) end -= 1;
  return text.slice(start, end);
}

/** What the caller sent, short enough for a message. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60).toWellFormed()}…`;
}
