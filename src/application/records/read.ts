import { AppError } from "#contract";
import { compileSelect, expressions, type OrderPlan, type ResultRow, type SelectPlan, type Sql, type Table } from "#database";
import { type CompiledStatement, finish, run } from "./compiled.ts";
import { compileCounting, type Counting, countRows } from "./count.ts";
import { type Cursor, decodeCursor, encodeCursor, nullPattern, orderName, seekAfter, totalOrder } from "./cursor.ts";
import { type PastReading, reachOf, refuseBeyond } from "./past.ts";
import type { ReadQuery, ReadResult } from "./query.ts";
import { resolveSelection } from "./resolve-selection.ts";
import { createResolver, unknownTable } from "./resolver.ts";
import { rowTag } from "./row-tag.ts";
import { compileContext, inThePast, type Session } from "./session.ts";
import { shapeOf } from "./shape.ts";
import { tagColumns } from "./tag-columns.ts";
import { readVersions } from "./versions.ts";
import { forbidden } from "./write/rule-check.ts";

interface CompiledRead {
  readonly statement: CompiledStatement;
  /** Rows a page holds at most: fixed, or given by that slot. */
  readonly limit: SelectPlan["limit"];
  readonly order: readonly OrderPlan[];
  readonly orderName: string;
  readonly counting: Counting | undefined;
  /** How far back the tables go that it reads the past of. */
  readonly reach: ReturnType<typeof reachOf>;
}

export async function read(present: Session, query: ReadQuery): Promise<ReadResult> {
  if (query.versionsOf !== undefined) return readVersions(present, query, query.versionsOf);
  const session = query.asOf === undefined ? present : inThePast(present, query.asOf);
  const pages = query.after !== undefined;
  let cursor: Cursor | undefined;
  let values = query.values;
  let shape = shapeOf(query);
  if (typeof query.after === "string" && query.after !== "") {
    const first = await compiled(session, query, shape, undefined);
    cursor = decodeCursor(session.services.seal, query.after, first.orderName, first.order);
    shape += nullPattern(cursor);
    values = [...values, ...cursor.values];
  }
  const entry = await compiled(session, query, shape, cursor);
  if (session.asOf !== undefined) refuseBeyond(entry.reach, session.asOf, session.now);
  const { slots, rows } = await run(session, entry.statement, values);
  const wanted =
    entry.limit === undefined ? rows.length : entry.limit.type === "fixed" ? entry.limit.rows : Number(slots[entry.limit.index]);
  const shown = pages ? rows.slice(0, wanted) : rows;
  const json = joinRows(session, shown);
  const last = shown.at(-1);
  const tag = query.tagged === true && rows.length === 1 ? rowTag(rows[0]?.[1], rows[0]?.[2]) : undefined;
  return {
    json,
    rows: shown.length,
    ...(tag === undefined ? {} : { tag }),
    ...(entry.counting === undefined
      ? {}
      : { total: await countRows(session, entry.statement, entry.counting, values, rows[0]) }),
    ...(pages
      ? {
          next:
            rows.length > wanted && last !== undefined
              ? encodeCursor(session.services.seal, entry.orderName, last.slice(1, 1 + entry.order.length))
              : null,
        }
      : {}),
  };
}

function joinRows({ view, services }: Session, rows: readonly ResultRow[]): string {
  const { maxAnswerLength } = services.limits;
  let json = "[";
  for (let index = 0; index < rows.length; index++) {
    json += (index === 0 ? "" : ",") + String(rows[index]?.[0]);
    if (json.length > maxAnswerLength && view.restricted) {
      throw new AppError("limitExceeded", {
        message: `An answer may have at most ${maxAnswerLength} characters (maxAnswerLength).`,
        hint: "Ask for fewer rows, columns or embedded rows.",
      });
    }
  }
  return `${json}]`;
}

async function compiled(session: Session, query: ReadQuery, shape: string, cursor: Cursor | undefined): Promise<CompiledRead> {
  const { cache } = session.services;
  const key = `read ${session.variant} ${shape}`;
  const known = cache.get<CompiledRead>(key);
  if (known !== undefined) return known;
  const entry = await compile(session, query, cursor);
  cache.set(key, entry);
  return entry;
}

async function compile(session: Session, query: ReadQuery, cursor: Cursor | undefined): Promise<CompiledRead> {
  const { services, view } = session;
  const table = view.readableTable(query.table);
  if (table === undefined) throw unknownTable(view, query.table);
  const past: PastReading | undefined =
    session.asOf === undefined ? undefined : { tables: new Set(), refusal: (message) => forbidden(session, message) };
  const resolver = createResolver(view, { form: query.form, values: query.values, past }, services.limits);
  const scope = resolver.fresh();
  const place = { table, scope, depth: 0, stripNulls: query.stripNulls === true };
  const { deleted } = query;
  const plan = resolveSelection(resolver, query.selection, deleted === undefined ? place : { ...place, deleted });
  const pages = query.after !== undefined;
  if (pages) refuseUnpageable(plan);
  const order = pages ? totalOrder(plan) : plan.order;
  const context = compileContext(session);
  const seek = cursor === undefined ? undefined : seekAfter(order, cursor, resolver.slots, query.values.length);
  const options = {
    extra: pages ? order.map((term) => term.value) : query.tagged === true ? tagColumns(resolver, table, scope) : [],
    ...(pages ? { seek: seek ?? { order, slots: [] } } : {}),
    oneMore: pages,
    count: query.count === "exact" && !plan.grouped,
  };
  const early = compileSelect(plan, context, options);
  const sorts = order.length > 0 && (await sortsRows(session, early));
  const text = sorts ? compileSelect(plan, context, { ...options, late: true }) : early;
  return {
    statement: finish(text, resolver.slots, isByKey(plan)),
    limit: plan.limit,
    order,
    orderName: pages ? orderName(table.name, order, query.selection.order) : "",
    counting: compileCounting(query, plan, context, hidesRows(session, table)),
    reach: reachOf(past?.tables ?? []),
  };
}

/** There may be rows in the table that this caller does not see. */
function hidesRows({ view, asOf }: Session, table: Table): boolean {
  return table.softDelete !== undefined || asOf !== undefined || !expressions.isConstantTruth(view.readRule(table), true);
}

/** The plan asks for one row by its key, whatever else it asks. */
function isByKey({ where, scope, table }: SelectPlan): boolean {
  const parts = where.type === "call" && where.operator === "and" ? where.arguments : [where];
  return parts.some((part) => {
    if (part.type !== "call" || part.operator !== "eq") return false;
    const [left, right] = part.arguments;
    const isFixed = right?.type === "slot" || right?.type === "actor" || right?.type === "constant";
    return (
      isFixed && left?.type === "column" && left.column === table.key && left.row.type === "scope" && left.row.name === scope
    );
  });
}

function refuseUnpageable(plan: SelectPlan): void {
  if (plan.grouped)
    throw new AppError("notSupported", { message: "Grouped rows have no pages by cursor.", hint: "Use limit and offset." });
  if (plan.offset !== undefined) throw new AppError("invalidQuery", { message: "after and offset exclude each other." });
}

async function sortsRows(session: Session, statement: Sql): Promise<boolean> {
  return (await session.services.explain(session.connection, statement.text)).sorts;
}
