import { type Comparison, type Condition, type FilterOperator, filterOperators, isFilterOperator, type Path } from "#application";
import { AppError } from "#contract";
import { didYouMean } from "#base";
import { parseArrayLiteral, parseDelimited, parseList } from "./parse-array.ts";
import type { ParseContext } from "./parse-context.ts";
import { type Scanner, shorten } from "./scanner.ts";
import type { SelectionDraft } from "./selection-draft.ts";

/** Where a filter stands, which decides how far its value reaches and what its name may mean. */
export interface FilterPlace {
  readonly context: ParseContext;
  /** Whose embeds the name may mean; undefined inside a relation's condition, where there are none. */
  readonly level: SelectionDraft | undefined;
  /** How many parentheses are open. At 0 a value is all that is left, as it stands; deeper it ends at ',' or ')'. */
  readonly depth: number;
}

/** PostgREST's operators on range types, which no database but PostgreSQL has. */
export const rangeOperators: ReadonlySet<string> = new Set(["sl", "sr", "nxr", "nxl", "adj"]);

const OPEN = 40;
const BRACE = 123;
const CLOSING_BRACE = 125;

/** What follows the operator that `word` names: `.4`, `.(1,2)`, `(any).{a*,b*}`, `.null`. */
export function parseOperation(scanner: Scanner, word: string, path: Path, place: FilterPlace): Condition {
  if (word === "is") return parseIs(scanner, path, place);
  if (isFilterOperator(word)) return parseComparison(scanner, word, path, place);
  if (rangeOperators.has(word)) {
    throw new AppError("notSupported", {
      message: `The operator '${word}' is for PostgreSQL's range types, which are not supported.`,
    });
  }
  scanner.position -= word.length;
  return scanner.fail(`an operator such as eq, gt, like, in, is${didYouMean(word, Object.keys(filterOperators))}`);
}

function parseIs(scanner: Scanner, path: Path, place: FilterPlace): Condition {
  scanner.expect(".", "'.' after is");
  const start = scanner.position;
  const word = (place.depth === 0 ? takeRest(scanner) : parseDelimited(scanner)).toLowerCase();
  const value = word === "not_null" ? "null" : word;
  if (value !== "null" && value !== "true" && value !== "false" && value !== "unknown") {
    scanner.position = start;
    return scanner.fail("null, not_null, true, false or unknown");
  }
  const test: Condition =
    value === "null" && path.json.length === 0 && place.level?.hasEmbed(path.column) === true
      ? { type: "embedIsNull", embed: path.column }
      : { type: "is", path, value };
  return word === "not_null" ? { type: "not", condition: test } : test;
}

function parseComparison(scanner: Scanner, operator: FilterOperator, path: Path, place: FilterPlace): Comparison {
  const form = filterOperators[operator].value;
  const quantifier = scanner.peek() === OPEN ? parseModifier(scanner, operator) : undefined;
  scanner.expect(".", `'.' after ${operator}`);
  if (form === "list") {
    const list = parseList(scanner, place.context.limits);
    if (place.depth === 0) scanner.finish("the end after ')'");
    return { type: "compare", path, operator, value: place.context.add(list) };
  }
  const text = place.depth === 0 ? takeRest(scanner) : parseValue(scanner);
  if (quantifier !== undefined) {
    const list = parseArrayLiteral(text, scanner, place.context.limits);
    const value = place.context.add(form === "pattern" ? list.map(toPattern) : list);
    return { type: "compare", path, operator, quantifier, value };
  }
  const value = form === "json" ? parseContainer(text, operator, scanner, place) : form === "pattern" ? toPattern(text) : text;
  return { type: "compare", path, operator, value: place.context.add(value) };
}

/** `(any)`, `(all)`; for a search the language, of which there is one: no stemming, no stop words. */
function parseModifier(scanner: Scanner, operator: FilterOperator): "any" | "all" | undefined {
  const { value, quantifiable } = filterOperators[operator];
  const start = scanner.position;
  scanner.position += 1;
  const word = scanner.name("a word in parentheses");
  scanner.expect(")");
  if (value === "words") {
    if (word === "simple") return undefined;
    throw new AppError("notSupported", {
      message: `Full-text search in the language '${shorten(word)}' is not supported.`,
      hint: `Leave the language out, or write ${operator}(simple): words are matched as they stand, without stemming.`,
    });
  }
  if (quantifiable && (word === "any" || word === "all")) return word;
  scanner.position = start;
  return scanner.fail(quantifiable ? "(any), (all) or '.'" : `'.': ${operator} takes no modifier`);
}

function takeRest(scanner: Scanner): string {
  const rest = scanner.text.slice(scanner.position);
  scanner.position = scanner.text.length;
  return rest;
}

/** A value inside a logic tree: as `parseDelimited`, and `{...}` without a brace inside is taken whole. */
function parseValue(scanner: Scanner): string {
  if (scanner.peek() !== BRACE) return parseDelimited(scanner);
  const { text, position: start } = scanner;
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BRACE) break;
    if (code === CLOSING_BRACE) {
      scanner.position = at + 1;
      return text.slice(start, at + 1);
    }
  }
  return parseDelimited(scanner);
}

/** `*` stands for `%`, so that a pattern needs no percent-encoding; after a backslash it stands for itself. */
function toPattern(text: string): string {
  return text.includes("*") ? text.replace(/\\[^]|\*/g, (part) => (part === "*" ? "%" : part)) : text;
}

/** An array literal becomes a list of texts; everything else must be JSON and stays the text that it is. */
function parseContainer(text: string, operator: string, scanner: Scanner, place: FilterPlace): string | readonly string[] {
  try {
    JSON.parse(text);
    return text === "{}" ? [] : text;
  } catch {
    if (/^[[(][^,]*,[^,]*[\])]$/.test(text)) {
      throw new AppError("notSupported", {
        message: `'${operator}' with a range is not supported: there are no range types.`,
        hint: "For a JSON column write a JSON array, with its texts in double quotes.",
      });
    }
    return parseArrayLiteral(text, scanner, place.context.limits);
  }
}
