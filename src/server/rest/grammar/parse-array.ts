import { overLimit, type RestLimits } from "../rest-limits.ts";
import { Scanner } from "./scanner.ts";

const COMMA = 44;
const CLOSE = 41;
const QUOTE = 34;
const BACKSLASH = 92;

/** The members of `(a,"b,c",d)`, up to and with its `)`. `()` is the empty list; `("")` holds one empty text. */
export function parseList(scanner: Scanner, limits: RestLimits): readonly string[] {
  scanner.skipSpace();
  scanner.expect("(", "'(' and a list of values");
  const list: string[] = [];
  let quoted = false;
  do {
    if (list.length === limits.listItems)
      throw overLimit(limits, "listItems", `The list of '${scanner.parameter.slice(0, 60)}' is too long`);
    quoted = scanner.peek() === QUOTE;
    list.push(parseDelimited(scanner));
  } while (scanner.take(","));
  scanner.expect(")", "',' or ')'");
  scanner.skipSpace();
  return list.length === 1 && list[0] === "" && !quoted ? [] : list;
}

/** A value inside parentheses: in quotes if a ',' or ')' follows them, else as it stands up to the next ',' or ')'. */
export function parseDelimited(scanner: Scanner): string {
  const { text, position: start } = scanner;
  if (scanner.peek() === QUOTE) {
    const end = closingQuote(text, start);
    const after = end === -1 ? Number.NaN : text.charCodeAt(end + 1);
    if (end !== -1 && (after === COMMA || after === CLOSE || end + 1 === text.length)) return scanner.quotedText();
  }
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === COMMA || code === CLOSE) break;
  }
  scanner.position = end;
  return text.slice(start, end);
}

function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return -1;
}

// A bare member of an array literal ends at these; a brace would open a nested array.
const BARE = /[^,{}"\\]*/y;

/**
 * PostgreSQL's array literal `{a,"b c",d}`: the whole of `text`, which `outer` has just read. One dimension; a bare NULL is
 * refused.
 */
export function parseArrayLiteral(text: string, outer: Scanner, limits: RestLimits): readonly string[] {
  const { parameter } = outer;
  const scanner = new Scanner(text, parameter, Math.max(0, outer.position - text.length));
  scanner.expect("{", "a list in braces such as {a,b}");
  scanner.skipSpace();
  const list: string[] = [];
  if (!scanner.take("}")) {
    do {
      if (list.length === limits.listItems)
        throw overLimit(limits, "listItems", `The list of '${parameter.slice(0, 60)}' is too long`);
      list.push(parseMember(scanner));
      scanner.skipSpace();
    } while (scanner.take(","));
    scanner.expect("}", "',' or '}'");
  }
  scanner.finish("the end after '}'");
  return list;
}

function parseMember(scanner: Scanner): string {
  scanner.skipSpace();
  if (scanner.peek() === QUOTE) return scanner.quotedText();
  BARE.lastIndex = scanner.position;
  const raw = BARE.exec(scanner.text)?.[0] ?? "";
  const member = raw.trim();
  if (member === "") scanner.fail('a value (an empty one is written as "")');
  if (member.toUpperCase() === "NULL") scanner.fail("a value: a list has no NULL (in quotes it is the word)");
  scanner.position += raw.length;
  return member;
}
