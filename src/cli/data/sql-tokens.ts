/** A piece of SQL, and where it starts: line and column from 1. */
export interface Token {
  readonly type: "word" | "name" | "text" | "number" | "bytes" | "mark";
  /** Of a word in capitals; of a name or a text what it says; of bytes their hexadecimal digits. */
  readonly value: string;
  /** As it stands there. */
  readonly written: string;
  readonly line: number;
  readonly column: number;
}

/** Text that is no SQL. */
export class SqlError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, { line, column }: Pick<Token, "line" | "column">) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

const SPACE = /\s+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_$]*/y;
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/y;
const HEXADECIMAL = /^(?:[0-9a-fA-F]{2})*$/;

const closers: Readonly<Record<string, string>> = { "'": "'", '"': '"', "`": "`", "[": "]" };

/** Takes SQL apart, a line at a time: a text or a comment may go on over lines. Knows no grammar. */
export class SqlTokens {
  #text = "";
  #at = 0;
  #line = 1;
  /** Where in `#text` the line began that is at hand: before its start, where that is read already. */
  #lineStart = 0;

  /** What closes the text or the comment that is open at the end of `#text`. */
  #awaited: string | undefined;
  /** Lines after `#text` that do not close it. Looked at once each: a text of many lines takes as long as it is long. */
  #within: string[] = [];
  #withinLength = 0;

  /** What is not read yet, in characters. */
  get held(): number {
    return this.#text.length - this.#at + this.#withinLength;
  }

  push(line: string): void {
    if (this.#awaited !== undefined && !closes(line, this.#awaited)) {
      this.#within.push(line);
      this.#withinLength += line.length;
      return;
    }
    this.#lineStart -= this.#at;
    this.#text = this.#text.slice(this.#at) + this.#within.join("") + line;
    this.#at = 0;
    this.#awaited = undefined;
    this.#within = [];
    this.#withinLength = 0;
  }

  /** Undefined where more is needed, and at the end. */
  next(): Token | undefined {
    if (this.#awaited !== undefined) return undefined;
    while (this.#skip());
    const first = this.#text[this.#at];
    if (first === undefined) return undefined;
    if (this.#text.startsWith("/*", this.#at)) {
      this.#awaited = "*/";
      return undefined;
    }
    const closer = closers[first];
    if (closer !== undefined) return this.#quoted(closer, first === "'" ? "text" : "name", 1);
    if ((first === "x" || first === "X") && this.#text[this.#at + 1] === "'") return this.#bytes();
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#take("number", number, number.length);
    const word = this.#match(WORD);
    if (word !== undefined) return this.#take("word", word.toUpperCase(), word.length);
    return this.#take("mark", first, 1);
  }

  /** There is no more. Throws where a text or a comment is open yet. */
  end(): void {
    if (this.#at < this.#text.length) throw new SqlError("a text or a comment is not closed", this.#place);
  }

  get #place(): Pick<Token, "line" | "column"> {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  /** White space, or a comment that is whole. */
  #skip(): boolean {
    const space = this.#match(SPACE);
    if (space !== undefined) return this.#pass(space.length);
    if (this.#text.startsWith("--", this.#at)) {
      const end = this.#text.indexOf("\n", this.#at);
      return this.#pass((end === -1 ? this.#text.length : end) - this.#at);
    }
    if (!this.#text.startsWith("/*", this.#at)) return false;
    const end = this.#text.indexOf("*/", this.#at + 2);
    return end !== -1 && this.#pass(end + 2 - this.#at);
  }

  #bytes(): Token | undefined {
    const place = this.#place;
    const token = this.#quoted("'", "bytes", 2);
    if (token !== undefined && !HEXADECIMAL.test(token.value)) throw new SqlError("bytes are two hexadecimal digits each", place);
    return token;
  }

  /** Until the closing quote; a doubled one stands for itself. A line never ends between two of them, so that the last one seen is closing. */
  #quoted(closer: string, type: Token["type"], opening: number): Token | undefined {
    const start = this.#at + opening;
    let end = this.#text.indexOf(closer, start);
    let isDoubled = false;
    while (end !== -1 && this.#text[end + 1] === closer) {
      isDoubled = true;
      end = this.#text.indexOf(closer, end + 2);
    }
    if (end === -1) {
      this.#awaited = closer;
      return undefined;
    }
    const value = this.#text.slice(start, end);
    return this.#take(type, isDoubled ? value.replaceAll(closer + closer, closer) : value, end + 1 - this.#at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #take(type: Token["type"], value: string, length: number): Token {
    const written = this.#text.slice(this.#at, this.#at + length);
    const token = { type, value, written, line: this.#line, column: this.#at - this.#lineStart + 1 };
    this.#pass(length);
    return token;
  }

  #pass(length: number): true {
    const to = this.#at + length;
    for (let end = this.#text.indexOf("\n", this.#at); end !== -1 && end < to; end = this.#text.indexOf("\n", end + 1)) {
      this.#line += 1;
      this.#lineStart = end + 1;
    }
    this.#at = to;
    return true;
  }
}

/** Whether a line within a text or a comment ends it. A doubled quote stands for itself, and is never cut in two by the end of a line. */
function closes(line: string, closer: string): boolean {
  let at = line.indexOf(closer);
  if (closer === "*/") return at !== -1;
  while (at !== -1 && line[at + 1] === closer) at = line.indexOf(closer, at + 2);
  return at !== -1;
}
