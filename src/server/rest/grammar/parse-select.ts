import type { AggregateName, Embed, Field } from "#application";
import type { ParseContext } from "./parse-context.ts";
import { parseSteps } from "./parse-path.ts";
import { overLimit } from "../rest-limits.ts";
import { Scanner } from "./scanner.ts";
import { SelectionDraft } from "./selection-draft.ts";

const aggregates: readonly AggregateName[] = ["count", "sum", "avg", "min", "max"];
const allFields = { type: "all" } as const;

const STAR = 42;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const BANG = 33;

/** `select=a,alias:b::text,data->x,...one(c),many!hint!inner(d,count())`. Empty selects nothing by name. */
export function parseSelect(text: string, context: ParseContext): SelectionDraft {
  const scanner = new Scanner(text, "select");
  const draft = new SelectionDraft();
  scanner.skipSpace();
  if (!scanner.atEnd) parseItems(scanner, draft, context, 0);
  scanner.finish("',' or the end");
  return draft;
}

function parseItems(scanner: Scanner, draft: SelectionDraft, context: ParseContext, depth: number): void {
  for (;;) {
    parseItem(scanner, draft, context, depth);
    scanner.skipSpace();
    if (scanner.peek() !== COMMA) return;
    scanner.position += 1;
  }
}

function parseItem(scanner: Scanner, draft: SelectionDraft, context: ParseContext, depth: number): void {
  context.spend("selectItems");
  scanner.skipSpace();
  if (scanner.peek() === STAR) {
    scanner.position += 1;
    draft.items.push(allFields);
    return;
  }
  if (scanner.take("...")) {
    const target = scanner.name("a relation to spread");
    if (scanner.peek() !== OPEN && scanner.peek() !== BANG)
      scanner.fail("'(' or '!' after a spread relation (a spread has no alias)");
    parseEmbed(scanner, draft, context, depth, { type: "embed", target, spread: true });
    return;
  }
  let name = scanner.name("a column, a relation or '*'");
  let alias: string | undefined;
  if (scanner.text.startsWith(":", scanner.position) && !scanner.text.startsWith("::", scanner.position)) {
    scanner.position += 1;
    scanner.skipSpace();
    alias = name;
    name = scanner.name("a column or a relation after the alias");
  }
  const named = alias === undefined ? {} : { alias };
  if (scanner.peek() === OPEN && name === "count" && !scanner.quoted) {
    scanner.expect("()", "'()' after count");
    draft.items.push({ type: "count", ...named, ...parseCast(scanner) });
  } else if (scanner.peek() === OPEN || scanner.peek() === BANG) {
    parseEmbed(scanner, draft, context, depth, { type: "embed", target: name, spread: false, ...named });
  } else {
    draft.items.push(parseField(scanner, context, name, alias));
  }
}

function parseField(scanner: Scanner, context: ParseContext, column: string, alias: string | undefined): Field {
  const path = parseSteps(scanner, column, context.limits);
  const field: Field = { type: "field", path, ...(alias === undefined ? undefined : { alias }), ...parseCast(scanner) };
  if (!scanner.take(".")) return field;
  const name = scanner.name("an aggregate: count(), sum(), avg(), min() or max()");
  const aggregate = aggregates.find((known) => known === name);
  if (aggregate === undefined || scanner.quoted) scanner.fail(`one of ${aggregates.join(", ")} before this`);
  scanner.expect("()", `'()' after ${aggregate}`);
  return { ...field, aggregate: { function: aggregate, ...parseCast(scanner) } };
}

function parseCast(scanner: Scanner): { readonly cast: string } | undefined {
  return scanner.take("::") ? { cast: scanner.name("a type to cast to") } : undefined;
}

function parseEmbed(
  scanner: Scanner,
  draft: SelectionDraft,
  context: ParseContext,
  depth: number,
  start: Omit<Embed, "selection" | "join">,
): void {
  context.spend("embeds");
  if (depth === context.limits.embedDepth)
    throw overLimit(context.limits, "embedDepth", "The select parameter nests relations too deep");
  const { hint, join } = parseEmbedOptions(scanner);
  scanner.expect("(", "'(' and what to select of the relation");
  const selection = new SelectionDraft();
  scanner.skipSpace();
  if (scanner.peek() !== CLOSE) parseItems(scanner, selection, context, depth + 1);
  scanner.expect(")", "',' or ')'");
  draft.addEmbed({ ...start, ...(hint === undefined ? undefined : { hint }), join: join ?? "left" }, selection);
}

/** `!hint`, `!inner`, `!left`: at most one hint and one join, in either order. */
function parseEmbedOptions(scanner: Scanner): { readonly hint: string | undefined; readonly join: Embed["join"] | undefined } {
  let hint: string | undefined;
  let join: Embed["join"] | undefined;
  while (scanner.take("!")) {
    const name = scanner.name("a hint, 'inner' or 'left'");
    if (!scanner.quoted && (name === "inner" || name === "left")) {
      if (join !== undefined) scanner.fail("only one of '!inner' and '!left'");
      join = name;
    } else {
      if (hint !== undefined) scanner.fail("only one hint");
      hint = name;
    }
  }
  return { hint, join };
}
