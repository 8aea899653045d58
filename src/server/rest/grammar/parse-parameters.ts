import type { ReadQuery } from "#application";
import { AppError } from "#contract";
import { parseBound } from "./parse-bound.ts";
import { ParseContext } from "./parse-context.ts";
import { atColumn, parseFilter, parseLogic } from "./parse-logic.ts";
import { parseOrder } from "./parse-order.ts";
import { parseSteps } from "./parse-path.ts";
import { type Parameter, parseQueryString } from "./parse-query-string.ts";
import { parseSelect } from "./parse-select.ts";
import { overLimit, type RestLimits } from "../rest-limits.ts";
import { Scanner } from "./scanner.ts";
import { SelectionDraft } from "./selection-draft.ts";

/** All that a query string says, before a method gives it its meaning. */
export interface Parameters {
  readonly context: ParseContext;
  /** With the root's own filters in its `conditions`. */
  readonly selection: SelectionDraft;
  readonly columns: readonly string[] | undefined;
  readonly onConflict: readonly string[] | undefined;
  /** Null is the first page; undefined is no paging by cursor. */
  readonly after: string | null | undefined;
  /** Which rows, but for those that are there now. */
  readonly past: Pick<ReadQuery, "asOf" | "deleted">;
  /** Whether `select` was given. */
  readonly selected: boolean;
}

/** What each parameter that is no filter is for. A column of such a name is filtered in quotes: `"limit"=eq.3`. */
type Keyword =
  | "select"
  | "columns"
  | "on_conflict"
  | "after"
  | "asOf"
  | "deletedRows"
  | "order"
  | "limit"
  | "offset"
  | "and"
  | "or";

const rootKeywords: ReadonlySet<string> = new Set<Keyword>(["select", "columns", "on_conflict", "after", "asOf", "deletedRows"]);
const levelKeywords: ReadonlySet<string> = new Set<Keyword>(["order", "limit", "offset", "and", "or"]);

/** Whether a bare parameter of that name is no filter. */
export function isParameterKeyword(name: string): boolean {
  return rootKeywords.has(name) || levelKeywords.has(name);
}

/**
 * Throws `AppError`: `invalidUrl`, `invalidQuery`, `notEmbedded`, `notSupported`, `invalidRange`, `limitExceeded` and
 * `urlTooLong`.
 */
export function parseParameters(search: string, limits: RestLimits): Parameters {
  const context = new ParseContext(limits);
  const parameters = parseQueryString(search, limits);
  const scalars = takeScalars(parameters);
  const select = scalars?.get("select");
  const selection = select === undefined ? new SelectionDraft() : parseSelect(select, context);
  for (const { name, value } of parameters) {
    if (!rootKeywords.has(name)) parseParameter(name, value, selection, context);
  }
  const after = scalars?.get("after");
  return {
    context,
    selection,
    columns: parseColumns(scalars?.get("columns"), "columns", limits),
    onConflict: parseColumns(scalars?.get("on_conflict"), "on_conflict", limits),
    after: after === "" ? null : after,
    past: parsePast(scalars),
    selected: select !== undefined,
  };
}

const present: Parameters["past"] = Object.freeze({});

function parsePast(scalars: ReadonlyMap<string, string> | undefined): Parameters["past"] {
  const [asOf, deleted] = [scalars?.get("asOf"), scalars?.get("deletedRows")];
  if (asOf === undefined && deleted === undefined) return present;
  if (deleted !== undefined && deleted !== "include" && deleted !== "only") {
    throw new AppError("invalidQuery", {
      message: "The parameter 'deletedRows' is include or only.",
      hint: 'A column of that name is filtered in quotes: "deletedRows"=eq.3.',
    });
  }
  return { ...(asOf === undefined ? undefined : { asOf }), ...(deleted === undefined ? undefined : { deleted }) };
}

/** What is changed are the rows that are there now. */
export function refusePast({ past }: Parameters): void {
  if (past === present) return;
  throw new AppError("invalidQuery", {
    message: "asOf and deletedRows are for reading.",
    hint: "POST /rest/v1/<table>/<id>/restore brings a row back.",
  });
}

function takeScalars(parameters: readonly Parameter[]): ReadonlyMap<string, string> | undefined {
  let scalars: Map<string, string> | undefined;
  for (const { name, value } of parameters) {
    if (!rootKeywords.has(name)) continue;
    scalars ??= new Map();
    if (scalars.has(name)) throw repeated(name);
    scalars.set(name, value);
  }
  return scalars;
}

function parseParameter(name: string, value: string, root: SelectionDraft, context: ParseContext): void {
  const { path, last, quoted, scanner } = parseName(name);
  if (quoted || !levelKeywords.has(last)) {
    const column = parseSteps(scanner, last, context.limits);
    scanner.finish("'.', '->' or the end of the name");
    const level = root.at(path);
    const place = { context, level, depth: 0 };
    level.conditions.push(parseFilter(new Scanner(value, name), column, quoted ? atColumn(place, last) : place));
    return;
  }
  scanner.finish("the end of the name");
  parseKeyword(last as Keyword, name, value, { path, root, context });
}

function parseKeyword(
  keyword: Keyword,
  name: string,
  value: string,
  { path, root, context }: { readonly path: string[]; readonly root: SelectionDraft; readonly context: ParseContext },
): void {
  if (keyword === "and" || keyword === "or") {
    const negation = path.indexOf("not");
    if (negation !== -1) path.splice(negation, 1);
    const level = root.at(path);
    const condition = parseLogic(value, name, keyword, { context, level, depth: 0 });
    level.conditions.push(negation === -1 ? condition : { type: "not", condition });
    return;
  }
  const level = root.at(path);
  if (keyword === "order") {
    if (level.order !== undefined) throw repeated(name);
    level.order = parseOrder(value, name, level, context);
  } else if (keyword === "limit") {
    if (level.limit !== undefined) throw repeated(name);
    level.limit = parseBound(value, name);
  } else {
    if (level.offset !== undefined) throw repeated(name);
    level.offset = parseBound(value, name);
  }
}

const SIMPLE = /^[A-Za-z0-9_]+$/;
const DOT = 46;

/** `a.b.c` as the path `a`, `b` and the last name `c`, which a JSON path may follow. */
function parseName(name: string): {
  readonly path: string[];
  readonly last: string;
  readonly quoted: boolean;
  readonly scanner: Scanner;
} {
  const scanner = new Scanner(name, name);
  if (SIMPLE.test(name)) {
    scanner.position = name.length;
    return { path: [], last: name, quoted: false, scanner };
  }
  const path: string[] = [];
  let last = scanner.name("a column or a relation");
  while (scanner.peek() === DOT) {
    scanner.position += 1;
    path.push(last);
    last = scanner.name("a column or a relation");
  }
  return { path, last, quoted: scanner.quoted, scanner };
}

function parseColumns(text: string | undefined, parameter: string, limits: RestLimits): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const scanner = new Scanner(text, parameter);
  const names = new Set<string>();
  do {
    if (names.size === limits.columns) throw overLimit(limits, "columns", `The parameter '${parameter}' names too many columns`);
    scanner.skipSpace();
    names.add(scanner.name("a column"));
    scanner.skipSpace();
  } while (scanner.take(","));
  scanner.finish("',' or the end");
  return [...names];
}

function repeated(name: string): AppError {
  return new AppError("invalidQuery", {
    message: `The parameter '${name}' is given twice.`,
    hint: "Give it once; only filters may be repeated.",
  });
}
