import { AppError, type FieldProblem, type Stored } from "#contract";
import { type Column, constant, deletedColumn, expressions, identifier, join, sql, type Table, listText } from "#database";
import type { AccessView } from "../access-view.ts";
import { type GivenRow, refuseProblems } from "../input.ts";
import type { Session } from "../session.ts";
import { applyChange, constants } from "./change.ts";
import { conflictValues, refuseForbiddenRow } from "./new-row.ts";
import { allowsChange, forbidden } from "./rule-check.ts";

export interface Existing {
  readonly key: Stored;
  readonly id: string | number;
}

/** The unique set of columns that decides whether a row is already there: the key, or the set that was named. */
export function conflictColumns(view: AccessView, table: Table, names: readonly string[] | undefined): readonly Column[] {
  if (names === undefined || names.length === 0) return [table.key];
  const wanted = [...names].sort().join();
  const isUnique = wanted === table.key.name || table.uniques.some((unique) => [...unique.columns].sort().join() === wanted);
  const columns = names.flatMap((name) => view.readableColumn(table, name)?.column ?? []);
  if (!isUnique || columns.length !== names.length) {
    throw new AppError("invalidQuery", {
      message: `on_conflict names ${names.join(", ")}, which is no unique set of columns of '${table.name}'.`,
      hint: "Name the key, or all the columns of one unique constraint.",
    });
  }
  return columns;
}

/** The stored row with the values in those columns that the row to be made would have, defaults included. A null equals nothing. */
export async function findConflict(
  session: Session,
  table: Table,
  columns: readonly Column[],
  given: GivenRow,
): Promise<Existing | undefined> {
  const values = conflictValues(session, columns, given);
  if (values.includes(null)) return undefined;
  const equal = columns.map((column, index) => sql`${identifier(column.name)} = ${constant(values[index] ?? null)}`);
  const wanted = sql`${identifier(table.rowKey)}, ${identifier(table.key.name)}`;
  // What was deleted is not there, here either.
  const live = table.softDelete === undefined ? [] : [sql`${identifier(deletedColumn)} IS NULL`];
  const statement = sql`SELECT ${wanted} FROM ${identifier(table.name)} WHERE ${join([...equal, ...live], " AND ")}`;
  const row = await session.connection.get(statement.text, constants(statement));
  return row === undefined ? undefined : { key: row[0] ?? null, id: row[1] as string | number };
}

export interface Merge {
  readonly conflict: readonly Column[];
  readonly existing: Existing;
  readonly given: GivenRow;
  /** Of the row's fields in messages. */
  readonly prefix: string;
}

/**
 * An upsert that finds its row is an update of it, under all rules of an update. Of a row that the caller may not read, or not by
 * these columns, it says what a plain insert would have said.
 */
export async function mergeRow(session: Session, table: Table, { conflict, existing, given, prefix }: Merge): Promise<Existing> {
  const { view } = session;
  const keys = listText([existing.key]);
  const unchanged = { table, keys, set: new Map<Column, Stored>(), checkBefore: true };
  const masks = conflict.map((column) => view.readableColumn(table, column.name)?.mask);
  const readable = await allowsChange(
    session,
    { expression: expressions.and(view.readRule(table), ...masks), mentionsNext: false },
    unchanged,
  );
  if (!readable) {
    await refuseForbiddenRow(session, table, given, prefix);
    throw new AppError("uniqueViolation");
  }
  const changes = [...given].filter(([column]) => !conflict.includes(column));
  const isFixed = (column: Column): boolean => column === table.key || (column.immutable && view.restricted);
  const set = new Map(changes.filter(([column]) => !isFixed(column)));
  // The rules first: to whom the row is closed, its fixed values are not compared either.
  if (set.size > 0) await applyChange(session, table, { keys: [existing.key], ids: [existing.id] }, set, true);
  else if (!(await allowsChange(session, view.writeRule(table, "update"), unchanged))) throw forbidden(session);
  await refuseImmutable(session, table, existing, new Map(changes.filter(([column]) => isFixed(column))));
  return existing;
}

/**
 * What can only be set when a row is made may be named by an upsert as long as it stays what it is. Where a field rule hides it
 * from the caller, no value is the right one: the answer would tell.
 */
async function refuseImmutable(
  session: Session,
  table: Table,
  existing: Existing,
  given: ReadonlyMap<Column, Stored>,
): Promise<void> {
  if (given.size === 0) return;
  const names = join(
    [...given.keys()].map((column) => identifier(column.name)),
    ", ",
  );
  const statement = sql`SELECT ${names} FROM ${identifier(table.name)} WHERE ${identifier(table.rowKey)} = ${constant(existing.key)}`;
  const row = (await session.connection.get(statement.text, constants(statement))) ?? [];
  const change = { table, keys: listText([existing.key]), set: new Map<Column, Stored>(), checkBefore: true };
  const problems: FieldProblem[] = [];
  for (const [index, [column, value]] of [...given].entries()) {
    const mask = session.view.readableColumn(table, column.name)?.mask ?? expressions.always;
    const isShown =
      session.view.readableColumn(table, column.name) !== undefined &&
      (await allowsChange(session, { expression: mask, mentionsNext: false }, change));
    if (isShown && String(row[index]) === String(value)) continue;
    problems.push({ field: column.name, message: "cannot be changed once the row is made" });
  }
  refuseProblems(problems);
}
