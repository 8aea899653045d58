import type { OrderTerm } from "#application";
import type { ParseContext } from "./parse-context.ts";
import { parsePath, parseSteps } from "./parse-path.ts";
import { Scanner } from "./scanner.ts";
import { notEmbedded, type SelectionDraft } from "./selection-draft.ts";

/** `a.desc.nullslast,data->>x,director(name).asc`. */
export function parseOrder(text: string, parameter: string, level: SelectionDraft, context: ParseContext): readonly OrderTerm[] {
  const scanner = new Scanner(text, parameter);
  const terms: OrderTerm[] = [];
  do {
    context.spend("orderTerms");
    terms.push(parseTerm(scanner, level, context));
    scanner.skipSpace();
  } while (scanner.take(","));
  scanner.finish("'.asc', '.desc', '.nullsfirst', '.nullslast', ',' or the end");
  return terms;
}

function parseTerm(scanner: Scanner, level: SelectionDraft, context: ParseContext): OrderTerm {
  scanner.skipSpace();
  const name = scanner.name("a column");
  if (!scanner.take("(")) return { path: parseSteps(scanner, name, context.limits), ...parseDirection(scanner) };
  if (!level.hasEmbed(name)) throw notEmbedded(name);
  const path = parsePath(scanner, context.limits);
  scanner.expect(")");
  return { path, embed: name, ...parseDirection(scanner) };
}

const SUFFIX = /\.([a-z]+)/y;

function parseDirection(scanner: Scanner): Pick<OrderTerm, "direction" | "nulls"> {
  let direction: OrderTerm["direction"] = "asc";
  const first = takeSuffix(scanner, "asc", "desc");
  if (first !== undefined) direction = first;
  const nulls = takeSuffix(scanner, "nullsfirst", "nullslast");
  if (nulls === undefined) return { direction };
  return { direction, nulls: nulls === "nullsfirst" ? "first" : "last" };
}

function takeSuffix<W extends string>(scanner: Scanner, ...words: readonly W[]): W | undefined {
  SUFFIX.lastIndex = scanner.position;
  const found = SUFFIX.exec(scanner.text);
  const word = words.find((candidate) => candidate === found?.[1]);
  if (word !== undefined) scanner.position += word.length + 1;
  return word;
}
