import { AppError, kinds } from "#contract";
import { type Expression, expressions, type Table } from "#database";
import type { AccessView } from "./access-view.ts";

const { and, isConstantTruth } = expressions;

/** What a read of the past carries along while it is resolved. */
export interface PastReading {
  /** The tables that it reads under rules, each with a history. */
  readonly tables: Set<Table>;
  /** The error for who may not read the past. */
  readonly refusal: (message: string) => AppError;
}

/** What may be seen of a table's past: what the read rule shows of the row as it was, to whom the history rule opens it. */
export function pastRule(view: AccessView, table: Table, past: PastReading): Expression {
  if (table.history === undefined) {
    throw new AppError("notSupported", {
      message: `'${table.name}' has no past: its definition would need 'history'.`,
      hint: "Leave it out of a query with asOf, or give the table a past: table({ ... }, { history: true }).",
    });
  }
  past.tables.add(table);
  const history = view.historyRule(table);
  if (isConstantTruth(history, false)) throw past.refusal(`You may not read the past of '${table.name}'.`);
  return and(view.readRule(table), history);
}

/** Clocks differ: so much of the future may still be somebody's present. */
const tolerance = 60_000;

/** The moment that a query names, as a stored timestamp. */
export function readMoment(asOf: string, now: string): string {
  const parsed = kinds.timestamp.fromText(asOf, {});
  if (!parsed.ok || typeof parsed.value !== "string") {
    throw new AppError("invalidValue", {
      message: `The value for 'asOf' ${parsed.ok ? "is missing" : parsed.message}.`,
      hint: asOf.includes(" ")
        ? "A moment such as 2026-11-25T12:00:00Z; in an address '+' is written %2B."
        : "A moment such as 2026-11-25T12:00:00Z.",
    });
  }
  if (Date.parse(parsed.value) > Date.parse(now) + tolerance)
    throw new AppError("invalidValue", { message: "The value for 'asOf' lies in the future." });
  return parsed.value;
}

/** How far back the tables go, in milliseconds: as far as the one that goes least. */
export function reachOf(tables: Iterable<Table>): { readonly table: string; readonly keep: number } | undefined {
  let least: { readonly table: string; readonly keep: number } | undefined;
  for (const { name, history } of tables) {
    if (history?.keep !== undefined && history.keep < (least?.keep ?? Number.POSITIVE_INFINITY))
      least = { table: name, keep: history.keep };
  }
  return least;
}

/** Beyond what is kept an answer would be wrong without showing it. */
export function refuseBeyond(reach: ReturnType<typeof reachOf>, asOf: string, now: string): void {
  if (reach === undefined || Date.parse(asOf) >= Date.parse(now) - reach.keep) return;
  throw new AppError("notSupported", {
    message: `The past of '${reach.table}' is kept for ${describeTime(reach.keep)}: asOf goes back no further.`,
  });
}

function describeTime(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  return hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`;
}
