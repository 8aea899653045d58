import { AppError, type Stored } from "#contract";
import {
  type Column,
  columnOf,
  compileRows,
  constant,
  deletedColumn,
  expressions,
  historyTable,
  identifier,
  instantiate,
  isManaged,
  join,
  sql,
  storedColumns,
  type Table,
} from "#database";
import { finish, run } from "../compiled.ts";
import type { Condition, MutationResult, RestoreQuery, UpdateQuery } from "../query.ts";
import { compileContext, type Session } from "../session.ts";
import { versionPlan } from "../version-rows.ts";
import { applyChange, constants } from "./change.ts";
import { makeRow } from "./new-row.ts";
import { refuseUnreadableReferences } from "./references.ts";
import { findDeleted, findTargets } from "./targets.ts";
import { undelete } from "./undelete.ts";

const { and, call, column } = expressions;

/** A row as it was, in stored form, and which of its fields the caller could have read. */
interface OldVersion {
  readonly values: ReadonlyMap<Column, Stored>;
  readonly readable: ReadonlySet<Column>;
}

export type PutBack = Pick<MutationResult, "affected" | "keys" | "inserted"> & {
  /** Row numbers. */
  readonly written: readonly Stored[];
};

const nothing: PutBack = { affected: 0, keys: [], written: [] };

/**
 * Makes a row what it was in an old version: changes it, under the rules of an update, or makes it anew where it is gone, under those of a
 * create. The caller must be able to see the version. What they could not read of it stays as it is now; secrets too.
 */
export async function putBack(session: Session, table: Table, query: RestoreQuery, version: number): Promise<PutBack> {
  const old = await findVersion(session, table, query, version);
  if (old === undefined) return nothing;
  const id = old.values.get(table.key) ?? null;
  const present = await findPresent(session, table, id);
  if (present === undefined) return makeAnew(session, table, old);
  if (present.isDeleted) {
    const { keys } = await findDeleted(session, table, query);
    if (keys.length === 0) return nothing;
    for (const key of keys) await undelete(session, table, key);
  }
  const where: Condition = { type: "compare", path: { column: table.key.name, json: [] }, operator: "eq", value: query.key };
  const { values, form } = query;
  const update: UpdateQuery = { type: "update", table: table.name, set: {}, where, values, form };
  const targets = await findTargets(session, table, update);
  // It has been brought back already: all of it or nothing.
  if (targets.keys.length === 0 && present.isDeleted) throw new AppError("notFound");
  const set = new Map(
    [...old.values].filter(([each, value]) => differs(value, present.values.get(each)) && isPutBack(session, old, each, value)),
  );
  if (set.size > 0) await applyChange(session, table, targets, set, false);
  return { affected: targets.keys.length, keys: targets.ids, written: targets.keys };
}

function isPutBack({ view }: Session, { readable }: OldVersion, each: Column, value: Stored): boolean {
  if (!readable.has(each) || isManaged(each) || each.name === "id") return false;
  // A column that came later, of which the version knows nothing.
  if (value === null && !each.nullable) return false;
  return !(each.immutable && view.restricted);
}

function differs(left: Stored, right: Stored | undefined): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) !== 0;
  return left !== right && String(left) !== String(right ?? null);
}

async function findVersion(
  session: Session,
  table: Table,
  query: RestoreQuery,
  version: number,
): Promise<OldVersion | undefined> {
  const { key, form } = query;
  const { plan, sequence, resolver } = versionPlan(session, { table, key, values: query.values, form });
  const row = { type: "scope", name: plan.scope } as const;
  const columns = storedColumns(table);
  const masks = columns.map((each) => {
    const visible = session.view.readableColumn(table, each.name);
    if (visible === undefined) return expressions.never;
    return visible.mask === undefined ? expressions.always : instantiate(visible.mask, { row }, resolver.fresh);
  });
  const isMeant = call("eq", column(row, columnOf(table, "version")), {
    type: "constant",
    value: version,
    valueType: { scalar: "integer" },
  });
  const values = [sequence, ...columns.map((each) => column(row, each)), ...masks];
  const meant = { ...plan, where: and(plan.where, isMeant), limit: { type: "fixed", rows: 1 } } as const;
  const statement = finish(compileRows(meant, values, compileContext(session)), resolver.slots);
  const { rows } = await run(session, statement, query.values);
  const [found] = rows;
  if (found === undefined) return undefined;
  const stored = found.slice(1);
  return {
    values: new Map(columns.map((each, index) => [each, stored[index] ?? null])),
    readable: new Set(columns.filter((_, index) => Number(stored[columns.length + index]) === 1)),
  };
}

/** The row as it is, whoever may see it. */
async function findPresent(
  { connection }: Session,
  table: Table,
  id: Stored,
): Promise<{ readonly values: ReadonlyMap<Column, Stored>; readonly isDeleted: boolean } | undefined> {
  const columns = storedColumns(table);
  const names = join(
    columns.map((each) => identifier(each.name)),
    ", ",
  );
  const statement = sql`SELECT ${names} FROM ${identifier(table.name)} WHERE ${identifier(table.key.name)} = ${constant(id)}`;
  const row = await connection.get(statement.text, constants(statement));
  if (row === undefined) return undefined;
  const values = new Map(columns.map((each, index) => [each, row[index] ?? null]));
  return { values, isDeleted: table.softDelete !== undefined && values.get(columnOf(table, deletedColumn)) !== null };
}

/** The whole row, with the id and the moment of its making that it had; its versions count on. */
async function makeAnew(session: Session, table: Table, old: OldVersion): Promise<PutBack> {
  const id = old.values.get(table.key) ?? null;
  const last = sql`SELECT max(${identifier("version")}) FROM ${identifier(historyTable(table.name))} WHERE ${identifier(table.key.name)} = ${constant(id)}`;
  const [version] = (await session.connection.get(last.text, constants(last))) ?? [];
  const given = new Map<Column, Stored>();
  for (const [each, value] of old.values) {
    if (each.name === "updated" || each.name === deletedColumn) continue;
    if (each.name === "version") given.set(each, Number(version ?? 0) + 1);
    else if (value !== null || each.nullable) given.set(each, value);
  }
  await refuseUnreadableReferences(session, table, [given]);
  const { key, id: made } = await makeRow(session, table, given);
  return { affected: 1, inserted: 1, keys: [made], written: [key] };
}
