import type { ApiAnswer, ApiRequest, Plan } from "./request.ts";
import { segment } from "./segment.ts";
import { type Parameter, type SelectionOptions, writeGiven, writeSearch, writeSelection } from "./write-selection.ts";
import { type Condition, writeWhere } from "./write-where.ts";

/** Which rows, but for those that are there now. */
interface PastOptions {
  readonly asOf?: string | undefined;
  readonly deleted?: string | undefined;
}

interface ReadOptions extends SelectionOptions, PastOptions {
  readonly after?: string | null | undefined;
  readonly count?: string | undefined;
}

interface AggregateOptions extends PastOptions {
  readonly values: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly groupBy?: readonly string[] | undefined;
  readonly where?: unknown;
  readonly orderBy?: unknown;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

interface ChangeOptions {
  readonly where: unknown;
  readonly set?: unknown;
}

interface UpsertOptions {
  readonly onConflict?: readonly string[] | undefined;
  readonly resolution?: string | undefined;
}

interface VersionOptions {
  readonly version?: number | undefined;
}

type Row = Readonly<Record<string, unknown>>;
type RowId = string | number;

/** Its arguments are those of the call; their types are held by `TableClient`. */
export type PlanCall = (first: never, second: never, third: never) => Plan<unknown>;

/** As `db` has it: rows that the caller may not read afterwards are not written. */
const returned = "return=representation,handling=strict";

/** An answer with the ids of more new rows than this would not be kept for a key: such an insert is not sent again. */
const mostKeyedRows = 10_000;

/**
 * What each call of a table asks of the server. The calls are those of `TableDb`, where each is described; here is the one place that knows
 * how they are said in the grammar of `/rest/v1`.
 */
export function planTable(table: string): Readonly<Record<string, PlanCall>> {
  const path = `/rest/v1/${segment(table, "There is no table of that name.")}`;
  const at = (id: RowId, action = ""): string => `${path}/${addressOf(given(id))}${action}`;
  const insert = (body: unknown, search: string, prefer: string): ApiRequest => write("POST", path + search, { prefer, body });
  const read = (options: ReadOptions, more: readonly Parameter[] = []): ApiRequest =>
    get(`${path}${writeSearch([...writeSelection(options), ...past(options), ...more])}`);
  const change = (method: "PATCH" | "DELETE", { where, set }: ChangeOptions): ApiRequest => {
    const conditions = writeWhere(where);
    // A change of every row has to be asked for in so many words.
    const bound = conditions.length === 0 ? ",handling=strict,max-affected=999999999999999" : "";
    return write(method, `${path}${filters(conditions)}`, { prefer: `count=exact${bound}`, body: set });
  };

  const calls = {
    list: (options: ReadOptions = {}) => ({ request: read(options), read: rowsOf }),

    first: (options: ReadOptions = {}) => ({ request: read({ ...options, limit: 1 }), read: firstOf }),

    get: (id: RowId, options: ReadOptions = {}) => ({
      request: read({ ...options, where: { id: given(id) }, limit: 1 }),
      read: firstOf,
    }),

    page: (options: ReadOptions = {}) => {
      const request = read(options, [["after", options.after ?? ""]]);
      const prefer = options.count && `count=${options.count}`;
      return { request: { ...request, headers: { prefer } }, read: pageOf };
    },

    count: (options: PastOptions & { readonly where?: unknown } = {}) => {
      const conditions = options.where === undefined ? [] : writeWhere(options.where);
      const request = get(`${path}${filters(conditions, [["select", "count()"], ...past(options)])}`);
      return { request, read: (answer: ApiAnswer) => Number(rowsOf(answer)[0]?.["count"]) };
    },

    aggregate: (options: AggregateOptions) => ({
      request: get(`${path}${writeSearch([...aggregation(options), ...past(options)])}`),
      read: rowsOf,
    }),

    create: (row: Row) => ({ request: insert(row, "", `${returned},missing=default`), read: firstOf }),

    createMany: (rows: readonly Row[]) => {
      const request = insert(asList(rows), "", "return=ids,missing=default");
      return {
        request: rows.length > mostKeyedRows ? { ...request, keyed: false } : request,
        read: bodyOf,
      };
    },

    update: (id: RowId, changes: Row, options: VersionOptions = {}) => ({
      request: write("PATCH", at(id), { prefer: returned, body: asRow(changes), ...inVersion(options) }),
      read: bodyOf,
    }),

    updateMany: (options: ChangeOptions) => ({
      request: change("PATCH", { ...options, set: asRow(options.set) }),
      read: totalOf,
    }),

    upsert: (row: Row, { onConflict, resolution = "merge" }: UpsertOptions = {}) => {
      const search = onConflict === undefined ? "" : writeSearch([["on_conflict", onConflict.join(",")]]);
      const prefer = `${returned},missing=default,resolution=${resolution}-duplicates`;
      return { request: insert(row, search, prefer), read: firstOf };
    },

    delete: (id: RowId, options: VersionOptions = {}) =>
      options.version === undefined
        ? {
            request: change("DELETE", { where: { id: given(id) } }),
            read: (answer: ApiAnswer) => totalOf(answer) > 0,
          }
        : {
            request: write("DELETE", at(id), inVersion(options)),
            read: () => true,
          },

    deleteMany: (options: ChangeOptions) => ({ request: change("DELETE", { where: options.where }), read: totalOf }),

    restore: (id: RowId, { version }: VersionOptions = {}) => ({
      request: write("POST", at(id, "/restore"), {
        prefer: returned,
        body: version === undefined ? undefined : { version: whole(version) },
      }),
      read: bodyOf,
    }),

    versions: (id: RowId) => ({ request: get(at(id, "/versions")), read: rowsOf, absent: { value: [] } }),
  };
  return calls;
}

const get = (path: string): ApiRequest => ({ method: "GET", path });

function write(
  method: ApiRequest["method"],
  path: string,
  { prefer, match, body }: { readonly prefer?: string; readonly match?: string | undefined; readonly body?: unknown },
): ApiRequest {
  return { method, path, headers: { prefer, "if-match": match }, keyed: true, body };
}

function filters(conditions: readonly Condition[], more: readonly Parameter[] = []): string {
  return writeSearch([...more, ...conditions.map(({ name, value }) => [name, value] as const)]);
}

function past({ asOf, deleted }: PastOptions): readonly Parameter[] {
  return writeGiven({ asOf, deletedRows: deleted });
}

function aggregation({ values, groupBy = [], where, orderBy, limit, offset }: AggregateOptions): readonly Parameter[] {
  const figures = Object.entries(values).map(([name, figure]) => {
    const [[by, column] = [], ...more] = figure === "count" ? [["count", ""]] : Object.entries(figure);
    if (by === undefined || column === undefined || more.length > 0)
      throw new TypeError(`values: '${name}' needs "count" or one of { count, sum, avg, min, max } with a column.`);
    const alias = /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
    return `${alias}:${column === "" ? "" : `${column}.`}${by}()`;
  });
  const select = [...groupBy, ...figures];
  if (select.length === 0) throw new TypeError('aggregate needs values, such as { rows: "count" }.');
  return writeSelection({ select, where, orderBy, limit, offset });
}

function bodyOf({ body }: ApiAnswer): unknown {
  return body;
}

function rowsOf({ body }: ApiAnswer): readonly Row[] {
  return body as readonly Row[];
}

function firstOf(answer: ApiAnswer): Row | null {
  return rowsOf(answer)[0] ?? null;
}

/** `0-19/100`, or with a star for what was not counted: behind the slash is how many there are. */
function totalOf({ header }: ApiAnswer): number {
  return Number(header("content-range")?.split("/")[1]);
}

function pageOf(answer: ApiAnswer): object {
  const total = totalOf(answer);
  return {
    rows: answer.body,
    next: answer.header("next-cursor"),
    ...(Number.isNaN(total) ? {} : { total }),
  };
}

/** An id of a caller without types that is not there: it must not become a condition that is not there. */
function given(id: RowId): RowId {
  if (typeof id === "string" || typeof id === "number") return id;
  throw new TypeError("An id is a text or a number.");
}

function addressOf(id: RowId): string {
  return segment(id, `A row of the id '${id}' has no address of its own: use updateMany.`);
}

function whole(version: number): number {
  if (Number.isSafeInteger(version)) return version;
  throw new TypeError("A version is a whole number.");
}

function inVersion({ version }: VersionOptions): { readonly match: string | undefined } {
  return { match: version === undefined ? undefined : `"${whole(version)}"` };
}

function asRow(row: unknown): unknown {
  if (typeof row === "object" && row !== null && !Array.isArray(row)) return row;
  throw new TypeError("The changes of a row are an object such as { stars: 5 }.");
}

function asList(rows: readonly Row[]): readonly Row[] {
  if (Array.isArray(rows)) return rows;
  throw new TypeError("createMany takes a list of rows.");
}
