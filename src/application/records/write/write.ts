import { AppError, type Stored } from "#contract";
import { expressions, identifier, sql, type Table } from "#database";
import type { DeleteQuery, InsertQuery, MutationQuery, MutationResult, UpdateQuery } from "../query.ts";
import { unknownTable } from "../resolver.ts";
import type { Session } from "../session.ts";
import { applyChange, constants, readChange } from "./change.ts";
import { keyChunks } from "./key-chunks.ts";
import { keyList } from "./key-list.ts";
import { purge, restore } from "./restore.ts";
import { softDelete } from "./soft-delete.ts";
import { CheckedSource, isRowSource, readGivenRows } from "./given-rows.ts";
import { insertRows } from "./insert.ts";
import { selectWritten } from "./returning.ts";
import { forbidden } from "./rule-check.ts";
import { checkPrecondition, writtenTag } from "./precondition.ts";
import { findTargets, type Targets } from "./targets.ts";
import { toWriteError } from "./write-error.ts";

/** Under which rule each change is. */
const operationOf = (query: MutationQuery): "create" | "update" | "delete" => {
  if (query.type === "restore") return query.version === undefined ? "delete" : "update";
  return ({ insert: "create", update: "update", delete: "delete", purge: "delete" } as const)[query.type];
};

/**
 * Looks at every row of an insert whose rows come as a stream, before its transaction begins: whether the caller may insert at all, and the
 * form of each. What it gives is written in place of the query.
 */
export async function checkBulk(session: Session, query: InsertQuery): Promise<InsertQuery> {
  const table = writableTable(session, query);
  if (!isRowSource(query.rows) || query.rows instanceof CheckedSource) return query;
  return { ...query, rows: new CheckedSource(query.rows, await readGivenRows(session, table, query)) };
}

/** One mutation, inside a transaction that the caller opened. */
export async function write(session: Session, query: MutationQuery): Promise<MutationResult> {
  const table = writableTable(session, query);
  try {
    const result = await dispatch(session, table, query);
    if (query.expectSingle === true && result.affected !== 1) {
      throw new AppError("singleRowExpected", { details: `The result contains ${result.affected} rows` });
    }
    return result;
  } catch (thrown) {
    throw toWriteError(thrown, session.view, table, operationOf(query));
  }
}

function dispatch(session: Session, table: Table, query: MutationQuery): Promise<MutationResult> {
  switch (query.type) {
    case "insert":
      return insert(session, table, query);
    case "update":
      return update(session, table, query);
    case "delete":
      return remove(session, table, query);
    case "restore":
      return restore(session, table, query);
    case "purge":
      return purge(session, table, query);
  }
}

/** A table of which the caller may neither read nor write anything is not there. */
function writableTable({ view, caller, services }: Session, query: MutationQuery): Table {
  const table = services.model.tables.get(query.table);
  if (table === undefined) throw unknownTable(view, query.table);
  let rule = view.writeRule(table, operationOf(query));
  // An old version is put back by an update, or by a create where the row is gone.
  if (query.type === "restore" && query.version !== undefined && expressions.isConstantTruth(rule.expression, false))
    rule = view.writeRule(table, "create");
  if (!expressions.isConstantTruth(rule.expression, false)) return table;
  if (view.readableTable(table.name) === undefined) throw unknownTable(view, query.table);
  throw forbidden({ caller });
}

async function insert(session: Session, table: Table, query: InsertQuery): Promise<MutationResult> {
  const written = await insertRows(session, table, query);
  const { keys, ids, inserted } = written;
  return { affected: keys.length, inserted, keys: ids, ...(await show(session, table, query, written)) };
}

async function update(session: Session, table: Table, query: UpdateQuery): Promise<MutationResult> {
  const set = readChange(session, table, query);
  await checkPrecondition(session, table, query.precondition);
  const targets = await findTargets(session, table, query);
  if (set.size > 0) await applyChange(session, table, targets, set, false);
  return { affected: targets.keys.length, keys: targets.ids, ...(await show(session, table, query, targets)) };
}

/** What was asked to be shown of the written rows: they, the tag of a single one, both or nothing. */
async function show(
  session: Session,
  table: Table,
  query: InsertQuery | UpdateQuery,
  written: Targets,
): Promise<Pick<MutationResult, "json" | "tag">> {
  const isTagged = query.tagged === true && written.ids.length === 1;
  if (query.returning === undefined && !isTagged) return {};
  const { json, tag } =
    query.returning === undefined
      ? { json: undefined, tag: await writtenTag(session, table, written.ids[0] ?? null) }
      : await selectWritten(session, table, query, written);
  return { ...(json === undefined ? {} : { json }), ...(isTagged && tag !== undefined ? { tag } : {}) };
}

async function remove(session: Session, table: Table, query: DeleteQuery): Promise<MutationResult> {
  await checkPrecondition(session, table, query.precondition);
  const targets = await findTargets(session, table, query);
  const json = query.returning === undefined ? undefined : (await selectWritten(session, table, query, targets)).json;
  if (targets.keys.length > 0) await (table.softDelete === undefined ? hardDelete : softDelete)(session, table, targets.keys);
  return { affected: targets.keys.length, keys: targets.ids, ...(json === undefined ? {} : { json }) };
}

async function hardDelete({ connection, services }: Session, table: Table, keys: readonly Stored[]): Promise<void> {
  for await (const some of keyChunks(keys)) {
    const statement = sql`DELETE FROM ${identifier(table.name)} WHERE ${identifier(table.rowKey)} IN ${keyList(services.dialect, some)}`;
    await connection.run(statement.text, constants(statement));
  }
}
