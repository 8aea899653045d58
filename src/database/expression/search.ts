import { AppError, type Stored } from "#contract";
import { lowerCase } from "./text.ts";

/** What is looked for: a phrase (whose last word may be a prefix), or several joined. */
export type SearchNode =
  | { readonly type: "phrase"; readonly words: readonly string[]; readonly prefix: boolean }
  | { readonly type: "and" | "or"; readonly parts: readonly SearchNode[] }
  | { readonly type: "not"; readonly part: SearchNode };

export type SearchSyntax = "fts" | "plfts" | "phfts" | "wfts";

/** More words, or brackets nested deeper, are refused. */
export const searchLimits = { words: 64, depth: 16, length: 2000 } as const;

const TOKEN =
  /[\p{L}\p{N}\p{Co}\p{Cn}][\p{L}\p{N}\p{Co}\p{Cn}\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331]*/gu;
const DIACRITIC = /[\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331]/;

/**
 * A text's words as the index knows them: runs of letters and digits, folded. What FTS5's unicode61 makes with
 * remove_diacritics 2: Unicode's simple case folding, Latin letters without their marks, characters that it does not know
 * counting as letters. It knows those of Unicode 6.1: symbols that came later (a new emoji) part words here and not there.
 */
export function searchWords(text: string): readonly string[] {
  return Array.from(text.matchAll(TOKEN), ([word]) => foldWord(word)).filter((word) => word !== "");
}

function foldWord(word: string): string {
  let folded = "";
  for (const character of word) folded += foldCharacter(character);
  return folded;
}

function foldCharacter(character: string): string {
  if (character < "\u0080") return character.toLowerCase();
  if (DIACRITIC.test(character)) return "";
  const cased = foldCase(character);
  const [base = "", ...marks] = cased.normalize("NFD");
  // FTS5's table of letters with marks leaves this one out.
  return marks.length > 0 && /^[a-z]$/.test(base) && cased !== "ǡ" ? base : cased;
}

/** By way of the capital, so that the variants of a letter (a final sigma, a long s) become one; where that is several letters, not. */
function foldCase(character: string): string {
  const lower = lowerCase(character);
  const folded = lowerCase(character.toUpperCase());
  // The dotless i is a letter of its own.
  return folded.length === lower.length && character !== "ı" ? folded : lower;
}

/** The tree of a query; undefined where no word is left to look for. Throws `invalidQuery` for `fts` that is not well formed. */
export function parseSearch(text: string, syntax: SearchSyntax): SearchNode | undefined {
  if (text.length > searchLimits.length) tooMuch(`${searchLimits.length} characters`);
  const tree = parsers[syntax](text);
  if (tree !== undefined && countWords(tree) > searchLimits.words) tooMuch(`${searchLimits.words} words`);
  return tree;
}

const parsers: Readonly<Record<SearchSyntax, (text: string) => SearchNode | undefined>> = {
  plfts: (text) =>
    combine(
      "and",
      searchWords(text).map((word) => phrase([word])),
    ),
  phfts: (text) => phrase(searchWords(text)),
  wfts: parseWeb,
  fts: (text) => new TextQueryParser(text).parse(),
};

function countWords(node: SearchNode): number {
  if (node.type === "phrase") return node.words.length;
  if (node.type === "not") return countWords(node.part);
  return node.parts.reduce((sum, part) => sum + countWords(part), 0);
}

function tooMuch(limit: string): never {
  throw new AppError("limitExceeded", { message: `A search may have at most ${limit}.` });
}

function phrase(words: readonly string[], prefix = false): SearchNode | undefined {
  return words.length === 0 ? undefined : { type: "phrase", words, prefix };
}

/** What has no word in it does not count, as PostgreSQL drops it. */
function combine(type: "and" | "or", parts: readonly (SearchNode | undefined)[]): SearchNode | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length > 1 ? { type, parts: present } : present[0];
}

/** websearch_to_tsquery: words, "phrases", `or`, and `-` before what is not wanted. Never an error. */
function parseWeb(text: string): SearchNode | undefined {
  const alternatives: (SearchNode | undefined)[][] = [[]];
  for (const [, minus, quoted, plain] of text.matchAll(/(-?)"([^"]*)"?|([^\s"]+)/g)) {
    if (plain?.toLowerCase() === "or") {
      alternatives.push([]);
      continue;
    }
    const negated = minus === "-" || plain?.startsWith("-") === true;
    const found = phrase(searchWords(quoted ?? plain ?? ""));
    alternatives.at(-1)?.push(negated && found !== undefined ? { type: "not", part: found } : found);
  }
  return combine(
    "or",
    alternatives.map((parts) => combine("and", parts)),
  );
}

const LEXEME = /\s*(?:(<->)|(<\d+>)|([&|!()])|'((?:[^']|'')*)'|([^\s&|!()<>':]+))(?::([a-dA-D*]+))?/uy;

/** to_tsquery: `&`, `|`, `!`, `<->`, brackets, and `:*` for a prefix. */
class TextQueryParser {
  readonly #tokens: { readonly symbol: string | undefined; readonly node: SearchNode | undefined }[] = [];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    const lexeme = new RegExp(LEXEME);
    const trimmed = text.trimEnd();
    while (lexeme.lastIndex < trimmed.length) {
      const match = lexeme.exec(trimmed);
      if (match === null) invalid();
      const [, follows, distance, symbol, quoted, plain, suffix] = match;
      if (distance !== undefined && distance !== "<1>") invalid("Of the distances only <-> is supported.");
      if (suffix !== undefined && suffix !== "*") invalid("Weights are not supported: only :* may follow a word.");
      const operator = follows ?? distance?.replace("<1>", "<->") ?? symbol;
      if (operator !== undefined && suffix !== undefined) invalid();
      const words = searchWords(quoted?.replaceAll("''", "'") ?? plain ?? "");
      this.#tokens.push({ symbol: operator, node: operator === undefined ? phrase(words, suffix === "*") : undefined });
    }
  }

  parse(): SearchNode | undefined {
    if (this.#tokens.length === 0) return undefined;
    const tree = this.#or();
    if (this.#position < this.#tokens.length) invalid();
    return tree;
  }

  #take(symbol: string): boolean {
    if (this.#tokens[this.#position]?.symbol !== symbol) return false;
    this.#position++;
    return true;
  }

  #or(): SearchNode | undefined {
    const parts = [this.#and()];
    while (this.#take("|")) parts.push(this.#and());
    return combine("or", parts);
  }

  #and(): SearchNode | undefined {
    const parts = [this.#sequence()];
    while (this.#take("&")) parts.push(this.#sequence());
    return combine("and", parts);
  }

  #sequence(): SearchNode | undefined {
    let left = this.#unary();
    while (this.#take("<->")) {
      const right = this.#unary();
      if (left === undefined || right === undefined) left ??= right;
      else if (left.type !== "phrase" || right.type !== "phrase" || left.prefix)
        invalid("Only words may stand on the sides of <->.");
      else left = { type: "phrase", words: [...left.words, ...right.words], prefix: right.prefix };
    }
    return left;
  }

  #unary(): SearchNode | undefined {
    let negated = false;
    while (this.#take("!")) negated = !negated;
    const part = this.#primary();
    return negated && part !== undefined ? { type: "not", part } : part;
  }

  #primary(): SearchNode | undefined {
    if (this.#take("(")) {
      if (++this.#depth > searchLimits.depth) tooMuch(`${searchLimits.depth} brackets inside each other`);
      const inner = this.#or();
      if (!this.#take(")")) invalid("A bracket is not closed.");
      this.#depth--;
      return inner;
    }
    const token = this.#tokens[this.#position];
    if (token === undefined || token.symbol !== undefined) invalid();
    this.#position++;
    return token.node;
  }
}

function invalid(hint = "Join words with & (and), | (or), ! (not), <-> (followed by); plfts and wfts take any text."): never {
  throw new AppError("invalidQuery", { message: "The full-text search could not be read.", hint });
}

/** A search that only says what is not wanted would match nearly every row, and no index finds those. */
export function refuseNegativeSearch(): never {
  throw new AppError("invalidQuery", {
    message: "The full-text search only says what is not wanted.",
    hint: "Add a word that is wanted, or negate the filter instead: not.fts.",
  });
}

/** What the search says about a text in which none of its words stands. */
export function matchesNothing(node: SearchNode): boolean {
  if (node.type === "phrase") return true;
  if (node.type === "not") return !matchesNothing(node.part);
  return node.type === "and" ? node.parts.some(matchesNothing) : node.parts.every(matchesNothing);
}

/** Whether the texts together match; a phrase must stand in one of them. No words match nothing. */
export function matchesSearch(texts: readonly Stored[], query: string, syntax: SearchSyntax): boolean {
  const tree = parseSearch(query, syntax);
  if (tree === undefined) return false;
  if (!matchesNothing(tree)) refuseNegativeSearch();
  const documents = texts.map((text) => (text === null ? [] : searchWords(String(text))));
  return matchesNode(tree, documents);
}

function matchesNode(node: SearchNode, documents: readonly (readonly string[])[]): boolean {
  if (node.type === "not") return !matchesNode(node.part, documents);
  if (node.type !== "phrase") {
    const matches = (part: SearchNode): boolean => matchesNode(part, documents);
    return node.type === "and" ? node.parts.every(matches) : node.parts.some(matches);
  }
  return documents.some((document) => containsPhrase(document, node.words, node.prefix));
}

function containsPhrase(document: readonly string[], words: readonly string[], prefix: boolean): boolean {
  const fits = (start: number): boolean =>
    words.every((word, offset) => {
      const found = document[start + offset];
      return prefix && offset === words.length - 1 ? found?.startsWith(word) === true : found === word;
    });
  return document.some((_, start) => fits(start));
}
