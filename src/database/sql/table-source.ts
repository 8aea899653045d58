import { historyColumns, historyTable, keptColumns } from "../model/history-table.ts";
import { deletedColumn, type Table } from "../model/model.ts";
import { bind, identifier, join, raw, type Sql, sql } from "./sql.ts";

/**
 * Which rows of a table a statement sees: those that are there, with them those that were deleted and are kept, or every version of each
 * row, the present one (whose `_sequence` is `presentVersion`) among them.
 */
export type SeenRows = "live" | "all" | "versions";

export interface SourceOptions {
  /** The rows as they were at the moment that the request names; of a table without history, as they are. */
  readonly past: boolean;
  readonly rows: SeenRows;
  /** Of all rows those alone that have this value there: said inside, because the database's planner does not carry it into the past. */
  readonly where?: { readonly column: string; readonly value: Sql };
}

/**
 * What stands after FROM for the rows of a table: the one place that decides which rows there are. Every read goes through it, be it a
 * query's own, an embed's, a rule's or a computed field's.
 */
export function tableSource(table: Table, { past, rows, where }: SourceOptions): Sql {
  const name = identifier(table.name);
  const isLive = table.softDelete !== undefined && rows === "live" ? sql`${identifier(deletedColumn)} IS NULL` : undefined;
  if (rows === "versions") return versionsSource(table);
  if (past && table.history !== undefined) return pastSource(table, isLive, where);
  return isLive === undefined ? name : sql`(SELECT * FROM ${name} WHERE ${isLive})`;
}

/** The number of the present version: after all others. */
export const presentVersion = 9_007_199_254_740_991;

function versionsSource(table: Table): Sql {
  const columns = join(keptColumns(table).map(identifier), ", ");
  const sequence = identifier(historyColumns.sequence);
  const present = sql`SELECT ${columns}, ${raw(String(presentVersion))} AS ${sequence} FROM ${identifier(table.name)}`;
  const old = sql`SELECT ${columns}, ${sequence} FROM ${identifier(historyTable(table.name))} WHERE ${identifier(historyColumns.operation)} <> 'insert'`;
  return sql`(${present} UNION ALL ${old})`;
}

/**
 * A row that is there now has been as it is since it last changed: since `updated`, and since its last old version ended, for SQL of one's
 * own may change a row without saying so.
 */
function pastSource(table: Table, isLive: Sql | undefined, where: SourceOptions["where"]): Sql {
  const [now, past] = [identifier(table.name), identifier(historyTable(table.name))];
  // Names that no table has, nor any scope around this: one that is said inside must mean what it means outside.
  const [row, version, later] = [raw("_row"), raw("_version"), raw("_later")];
  const from = identifier(historyColumns.from);
  const until = identifier(historyColumns.until);
  const key = identifier(table.key.name);
  const columns = join(keptColumns(table).map(identifier), ", ");
  const moment = bind({ type: "asOf" });
  const also = join(
    [
      ...(isLive === undefined ? [] : [isLive]),
      ...(where === undefined ? [] : [sql`${identifier(where.column)} = ${where.value}`]),
    ].map((condition) => sql` AND ${condition}`),
    "",
  );
  const since = sql`${identifier("updated")} <= ${moment}`;
  const isOver = sql`EXISTS (SELECT 1 FROM ${past} AS ${later} WHERE ${later}.${key} = ${row}.${key} AND ${later}.${until} > ${moment})`;
  const present = sql`SELECT ${columns} FROM ${now} AS ${row} WHERE ${since} AND NOT ${isOver}${also}`;
  const old = sql`SELECT ${columns} FROM ${past} AS ${version} WHERE ${from} <= ${moment} AND ${until} > ${moment}${also}`;
  return sql`(${present} UNION ALL ${old})`;
}
