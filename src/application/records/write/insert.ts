import { setImmediate } from "node:timers/promises";
import { AppError, type FieldProblem, type Stored } from "#contract";
import { type Column, constant, expressions, identifier, join, sql, type Table } from "#database";
import { type GivenRow, readInput, refuseProblems } from "../input.ts";
import type { InsertQuery } from "../query.ts";
import type { Session } from "../session.ts";
import { constants } from "./change.ts";
import { allowedRow } from "./new-row.ts";
import { checkPrecondition } from "./precondition.ts";
import { refuseUnreadableReferences } from "./references.ts";
import { forbidden } from "./rule-check.ts";
import { conflictColumns, findConflict, mergeRow } from "./upsert.ts";

export interface Written {
  /** Row numbers, in the order of the input; a row that was left alone because it conflicts is not among them. */
  readonly keys: readonly Stored[];
  readonly ids: readonly (string | number)[];
  readonly inserted: number;
}

/** Writes the rows of an insert or upsert, all or none. */
export async function insertRows(session: Session, table: Table, query: InsertQuery): Promise<Written> {
  const { view, services } = session;
  const rule = view.writeRule(table, "create");
  if (expressions.isConstantTruth(rule.expression, false)) throw forbidden(session);
  if (query.rows.length > services.limits.maxInsertRows) {
    throw new AppError("limitExceeded", {
      message: `An insert may have at most ${services.limits.maxInsertRows} rows.`,
      hint: "Send them in several requests.",
    });
  }
  const rows = readRows(session, table, query);
  await checkPrecondition(session, table, query.precondition);
  await refuseUnreadableReferences(session, table, rows);
  const conflict = query.onConflict === undefined ? undefined : conflictColumns(view, table, query.onConflict.columns);
  const written: { key: Stored; id: string | number }[] = [];
  let inserted = 0;
  for (const [index, given] of rows.entries()) {
    // Others are served in between, and the transaction's time and the caller's going away are noticed.
    if (index % 500 === 499) await setImmediate();
    const prefix = rows.length > 1 ? `${index}.` : "";
    const existing = conflict === undefined ? undefined : await findConflict(session, table, conflict, given);
    if (existing === undefined) {
      written.push(await store(session, table, await allowedRow(session, table, given, prefix)));
      inserted++;
    } else if (query.onConflict?.resolution === "merge") {
      written.push(await mergeRow(session, table, { conflict: conflict ?? [], existing, given, prefix }));
    } else {
      // What is passed over must have been allowed all the same: else the answer would tell which rows there are.
      await allowedRow(session, table, given, prefix);
    }
  }
  return { keys: written.map(({ key }) => key), ids: written.map(({ id }) => id), inserted };
}

function readRows(session: Session, table: Table, query: InsertQuery): readonly GivenRow[] {
  const problems: FieldProblem[] = [];
  const options = { view: session.view, table, operation: "create", form: query.rowForm, columns: query.columns } as const;
  const prefixed = query.rows.length > 1;
  const rows = query.rows.map((row, index) => readInput(row, options, problems, prefixed ? `${index}.` : ""));
  refuseProblems(problems);
  if (query.missing === "default" || rows.length < 2) return rows;
  // PostgREST's way with a list whose rows differ: a column that some row gives is null in those that do not.
  const columns = new Set(rows.flatMap((row) => [...row.keys()]));
  const filled = rows.map((row) => new Map([...columns].map((column) => [column, row.get(column) ?? null])));
  filled.forEach((row, index) => {
    for (const [column, value] of row) {
      if (value === null && !column.nullable)
        problems.push({
          field: `${index}.${column.name}`,
          message: "is required, since other rows of the list give it (Prefer: missing=default takes the default)",
        });
    }
  });
  refuseProblems(problems);
  return filled;
}

export async function store(
  session: Session,
  table: Table,
  row: ReadonlyMap<Column, Stored>,
): Promise<{ key: Stored; id: string | number }> {
  const columns = [...row.keys()];
  const names = join(
    columns.map((column) => identifier(column.name)),
    ", ",
  );
  const values = join(
    columns.map((column) => constant(row.get(column) ?? null)),
    ", ",
  );
  const returned = sql`${identifier(table.rowKey)}, ${identifier(table.key.name)}`;
  const statement = sql`INSERT INTO ${identifier(table.name)} (${names}) VALUES (${values}) RETURNING ${returned}`;
  const result = await session.connection.get(statement.text, constants(statement));
  if (result === undefined) throw new Error(`An insert into '${table.name}' returned no row.`);
  return { key: result[0] ?? null, id: result[1] as string | number };
}
