import { AppError } from "#contract";
import type { Caller } from "../access/caller.ts";
import type { AggregateName, DeleteQuery, InputRow, InsertQuery, ReadQuery, ReadResult, SelectItem } from "../records/query.ts";
import type { Records } from "../records/records.ts";
import { type OrderOption, readOrder, readSelection, type SelectionOptions } from "./read-selection.ts";
import { ValueList } from "./value-list.ts";
import { readWhere, type WhereTable } from "./where.ts";

/** Which table, whose rules, and on which road. */
export interface TableTarget {
  readonly name: string;
  readonly table: WhereTable;
  readonly records: Records;
  readonly caller: Caller;
}

type Row = Readonly<Record<string, unknown>>;
type RowId = string | number;

/** Which rows, but for those that are there now. */
type PastOptions = Pick<ReadQuery, "asOf" | "deleted">;

interface ReadOptions extends SelectionOptions, PastOptions {}

interface PageOptions extends ReadOptions {
  readonly after?: string | null;
  readonly count?: "exact" | "estimated";
}

interface AggregateOptions extends PastOptions {
  readonly values: Readonly<Record<string, "count" | Readonly<Record<string, string>>>>;
  readonly groupBy?: readonly string[];
  readonly where?: unknown;
  readonly orderBy?: OrderOption;
  readonly limit?: number;
  readonly offset?: number;
}

interface UpsertOptions {
  readonly onConflict?: readonly string[];
  readonly resolution?: "merge" | "ignore";
}

interface VersionOptions {
  readonly version?: number;
}

/** Every column that the caller may read. */
const wholeRow = { items: [{ type: "all" }] } as const;

/** The calls of one table of `db`, each one query as data. Typed by `TableDb`, where each is described. */
export class TableCalls {
  readonly #target: TableTarget;

  constructor(target: TableTarget) {
    this.#target = target;
  }

  async list(options: ReadOptions = {}): Promise<readonly Row[]> {
    return rowsOf(await this.#read(options));
  }

  async first(options: ReadOptions = {}): Promise<Row | null> {
    const [row] = rowsOf(await this.#read({ ...options, limit: 1 }));
    return row ?? null;
  }

  async get(id: RowId, options: ReadOptions = {}): Promise<Row | null> {
    return this.first({ ...options, where: { id: given(id) } });
  }

  async page({ after = null, count, ...options }: PageOptions = {}): Promise<Row> {
    const result = await this.#read(options, { after, ...(count === undefined ? {} : { count }) });
    const total = result.total === undefined ? {} : { total: result.total.count };
    return { rows: rowsOf(result), next: result.next ?? null, ...total };
  }

  async count({ where, ...past }: PastOptions & { readonly where?: unknown } = {}): Promise<number> {
    const [row] = await this.aggregate({ values: { rows: "count" }, ...(where === undefined ? {} : { where }), ...past });
    return Number(row?.["rows"]);
  }

  async aggregate(options: AggregateOptions): Promise<readonly Row[]> {
    const { values: figures, groupBy = [], where, orderBy, limit, offset } = options;
    const { name, table, records, caller } = this.#target;
    const values = new ValueList();
    const groups = groupBy.map((column) => ({ type: "field", path: { column, json: [] } }) as const);
    const items = [...groups, ...Object.entries(figures).map(([alias, figure]) => figureItem(alias, figure))];
    const selection = {
      items,
      ...(where === undefined ? {} : { where: readWhere(where, table, values) }),
      ...(orderBy === undefined ? {} : { order: readOrder(orderBy) }),
      ...(limit === undefined ? {} : { limit: values.add(limit) }),
      ...(offset === undefined ? {} : { offset: values.add(offset) }),
    };
    const query = { table: name, selection, values: values.values, form: "json", ...pastOf(options) } as const;
    return rowsOf(await records.read(query, caller));
  }

  async create(row: InputRow): Promise<Row> {
    const [created] = await this.#insert([row], { returning: wholeRow, expectReturned: true });
    if (created === undefined) throw new Error(`The new row of '${this.#target.name}' was not returned.`);
    return created;
  }

  async createMany(rows: readonly InputRow[]): Promise<readonly RowId[]> {
    const { records, caller } = this.#target;
    const { keys = [] } = await records.write(this.#insertQuery(rows), caller);
    return keys;
  }

  async update(id: RowId, changes: InputRow, { version }: VersionOptions = {}): Promise<Row> {
    const { name, records, caller } = this.#target;
    const { json } = await records.write(
      {
        type: "update",
        table: name,
        set: defined(changes),
        ...this.#byId(id),
        ...inVersion(id, version),
        returning: wholeRow,
        expectReturned: true,
      },
      caller,
    );
    const [row] = rowsOf({ json });
    if (row === undefined) throw new AppError("notFound");
    return row;
  }

  async updateMany({ where, set }: { readonly where: unknown; readonly set: InputRow }): Promise<number> {
    const { name, records, caller } = this.#target;
    const { affected } = await records.write({ type: "update", table: name, set: defined(set), ...this.#where(where) }, caller);
    return affected;
  }

  async upsert(row: InputRow, { onConflict, resolution = "merge" }: UpsertOptions = {}): Promise<Row | null> {
    const columns = onConflict === undefined ? {} : { columns: onConflict };
    const [written] = await this.#insert([row], {
      onConflict: { resolution, ...columns },
      returning: wholeRow,
      expectReturned: true,
    });
    return written ?? null;
  }

  async delete(id: RowId, { version }: VersionOptions = {}): Promise<boolean> {
    const { name, records, caller } = this.#target;
    const { affected } = await records.write(
      { type: "delete", table: name, ...this.#byId(id), ...inVersion(id, version) },
      caller,
    );
    return affected > 0;
  }

  async deleteMany({ where }: { readonly where: unknown }): Promise<number> {
    const { name, records, caller } = this.#target;
    const { affected } = await records.write({ type: "delete", table: name, ...this.#where(where) }, caller);
    return affected;
  }

  async restore(id: RowId, { version }: VersionOptions = {}): Promise<Row> {
    if (version !== undefined && !Number.isSafeInteger(version)) throw new TypeError("A version is a whole number.");
    const { name, records, caller } = this.#target;
    const { json } = await records.write(
      {
        type: "restore",
        table: name,
        key: 0,
        values: [given(id)],
        form: "json",
        ...(version === undefined ? {} : { version }),
        returning: wholeRow,
        expectReturned: true,
      },
      caller,
    );
    const [row] = rowsOf({ json });
    if (row === undefined) throw new AppError("notFound");
    return row;
  }

  async versions(id: RowId): Promise<readonly Row[]> {
    const { name, records, caller } = this.#target;
    const query = { table: name, selection: { items: [] }, values: [given(id)], form: "json", versionsOf: 0 } as const;
    return rowsOf(await records.read(query, caller));
  }

  async purge({ before }: { readonly before?: string } = {}): Promise<number> {
    const { name, records, caller } = this.#target;
    const limits = before === undefined ? {} : { before };
    return (await records.write({ type: "purge", table: name, values: [], form: "json", ...limits }, caller)).affected;
  }

  #read(options: ReadOptions, more: Pick<ReadQuery, "after" | "count"> = {}): Promise<ReadResult> {
    const { name, table, records, caller } = this.#target;
    const values = new ValueList();
    const selection = readSelection(options, table, values);
    return records.read({ table: name, selection, values: values.values, form: "json", ...more, ...pastOf(options) }, caller);
  }

  async #insert(rows: readonly InputRow[], more: Partial<InsertQuery>): Promise<readonly Row[]> {
    const { records, caller } = this.#target;
    return rowsOf(await records.write({ ...this.#insertQuery(rows), ...more }, caller));
  }

  #insertQuery(rows: readonly InputRow[]): InsertQuery {
    const { name } = this.#target;
    return {
      type: "insert",
      table: name,
      rows: rows.map(defined),
      rowForm: "json",
      missing: "default",
      values: [],
      form: "json",
    };
  }

  #byId(id: RowId): Pick<DeleteQuery, "where" | "values" | "form"> {
    return this.#where({ id: given(id) });
  }

  #where(where: unknown): Pick<DeleteQuery, "where" | "values" | "form"> {
    const values = new ValueList();
    return { where: readWhere(where, this.#target.table, values), values: values.values, form: "json" };
  }
}

function pastOf({ asOf, deleted }: PastOptions): PastOptions {
  if (deleted !== undefined && deleted !== "include" && deleted !== "only")
    throw new TypeError('deleted needs "include" or "only".');
  return { ...(asOf === undefined ? {} : { asOf }), ...(deleted === undefined ? {} : { deleted }) };
}

function figureItem(alias: string, figure: AggregateOptions["values"][string]): SelectItem {
  if (figure === "count") return { type: "count", alias };
  const [[name, column] = [], ...more] = Object.entries(figure);
  if (name === undefined || column === undefined || more.length > 0 || !isAggregate(name)) {
    throw new TypeError(`values: '${alias}' needs "count" or one of { count, sum, avg, min, max } with a column.`);
  }
  return { type: "field", path: { column, json: [] }, alias, aggregate: { function: name } };
}

function isAggregate(name: string): name is AggregateName {
  return name === "count" || name === "sum" || name === "avg" || name === "min" || name === "max";
}

/** An id of a caller without types that is not there: it must not become a condition that is not there. */
function given(id: RowId): RowId {
  if (typeof id === "string" || typeof id === "number") return id;
  throw new TypeError("An id is a text or a number.");
}

/** The row must be in that version: `preconditionFailed` else, and `notFound` where it is not there. */
function inVersion(id: RowId, version: number | undefined): Pick<DeleteQuery, "precondition"> {
  if (version === undefined) return {};
  if (!Number.isSafeInteger(version)) throw new TypeError("A version is a whole number.");
  return { precondition: { key: id, form: "json", row: [{ version }] } };
}

/** As JSON has it: what is undefined is left out. */
function defined(row: InputRow): InputRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

function rowsOf({ json }: { readonly json?: string | undefined }): readonly Row[] {
  return json === undefined ? [] : (JSON.parse(json) as readonly Row[]);
}
