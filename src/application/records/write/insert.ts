import { createPacer } from "#base";
import { AppError, type Stored } from "#contract";
import type { Column, Table } from "#database";
import type { InsertQuery } from "../query.ts";
import type { Session } from "../session.ts";
import { isRowSource, readGivenRows } from "./given-rows.ts";
import { NewRows } from "./new-row.ts";
import type { RowValues } from "./new-row-rule.ts";
import { checkPrecondition } from "./precondition.ts";
import { refuseDeletedActor } from "./references.ts";
import { forbidden } from "./rule-check.ts";
import { conflictColumns, type Existing, findConflict, mergeRow } from "./upsert.ts";
import { toWriteError } from "./write-error.ts";

export interface Written {
  /**
   * Row numbers, in the order of the input; a row that was left alone because it conflicts is not among them. Null for those of rows that
   * are not returned, and of a row that was written alone: its id tells which it is.
   */
  readonly keys: readonly Stored[];
  readonly ids: readonly (string | number)[];
  readonly inserted: number;
}

/** Writes the rows of an insert or upsert, all or none. */
export async function insertRows(session: Session, table: Table, query: InsertQuery): Promise<Written> {
  const making = new NewRows(session, table, { wantsNumbers: query.returning !== undefined && !isOneRow(query) });
  if (making.plan.rule.type === "never") throw forbidden(session);
  const given = await readGivenRows(session, table, query);
  const { maxInsertRows } = session.services.limits;
  if (given.count > maxInsertRows && query.returning !== undefined) {
    throw new AppError("limitExceeded", {
      message: `Of an insert at most ${maxInsertRows} rows can be returned.`,
      hint: "Leave 'Prefer: return=representation' away, or send the rows in several requests.",
    });
  }
  await checkPrecondition(session, table, query.precondition);
  await given.refuseUnreadable(session, session.view.restricted ? undefined : query.deferReferences);
  await refuseDeletedActor(session, table);
  const conflict = query.onConflict === undefined ? undefined : conflictColumns(session.view, table, query.onConflict.columns);
  const keys: Stored[] = [];
  const ids: (string | number)[] = [];
  let inserted = 0;
  let index = 0;
  // Others are served in between, and the transaction's time and the caller's going away are noticed.
  const pace = createPacer();
  for await (const { rows, lines } of given.chunks()) {
    for (const [at, values] of rows.entries()) {
      const pause = pace();
      if (pause !== undefined) await pause;
      const prefix = given.isList ? `${index}.` : "";
      try {
        const { written, isNew } =
          conflict === undefined
            ? { written: await making.store(await making.allowed(values, prefix)), isNew: true }
            : await upsert({ session, table, query, conflict, making }, values, prefix);
        if (written !== undefined) {
          keys.push(written.key);
          ids.push(written.id);
        }
        if (isNew) inserted++;
      } catch (thrown) {
        throw lines === undefined ? thrown : placed(thrown, session, table, { row: index, line: lines[at] ?? 0 });
      }
      index++;
    }
  }
  return { keys, ids, inserted };
}

function isOneRow({ rows }: InsertQuery): boolean {
  return !isRowSource(rows) && rows.length === 1;
}

interface Upsert {
  readonly session: Session;
  readonly table: Table;
  readonly query: InsertQuery;
  readonly conflict: readonly Column[];
  readonly making: NewRows;
}

async function upsert(
  { session, table, query, conflict, making }: Upsert,
  values: RowValues,
  prefix: string,
): Promise<{ readonly written: Existing | undefined; readonly isNew: boolean }> {
  const given = new Map<Column, Stored>();
  making.plan.columns.forEach((column, place) => {
    const value = values[place];
    if (value !== undefined) given.set(column, value);
  });
  const existing = await findConflict(session, table, conflict, given);
  if (existing === undefined) return { written: await making.store(await making.allowed(values, prefix)), isNew: true };
  if (query.onConflict?.resolution === "merge")
    return { written: await mergeRow(session, table, { conflict, existing, given, prefix }), isNew: false };
  // What is passed over must have been allowed all the same: else the answer would tell which rows there are.
  await making.allowed(values, prefix);
  return { written: undefined, isNew: false };
}

/** A refusal of one row among many, with where it stands. */
function placed(
  thrown: unknown,
  { view }: Session,
  table: Table,
  place: { readonly row: number; readonly line: number },
): unknown {
  const error = toWriteError(thrown, view, table, "create");
  return error instanceof AppError ? error.at({ ...place, ...error.place }) : error;
}
