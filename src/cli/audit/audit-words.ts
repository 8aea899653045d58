import { type AuditEntry, managedColumns } from "#database";
import { clip, printable } from "../command-line/printable.ts";

export interface DescribedEntry {
  /** Number, moment, who, what. */
  readonly cells: readonly string[];
  readonly changes: string;
}

/** An entry of the audit log for a line of a table. */
export function describeEntry(entry: AuditEntry): DescribedEntry {
  const { sequence, moment, author, system, operation, table, row } = entry;
  const who = system ? "(system)" : author === null ? "(nobody)" : printable(author);
  const cells = [
    String(sequence),
    moment.replace("T", " ").replace("Z", ""),
    who,
    `${operation} ${printable(`${table} ${row}`)}`,
  ];
  return { cells: cells.map((cell) => clip(printable(cell), 60)), changes: describeChanges(entry) };
}

/** What every write changes is no news. */
const unremarkable = new Set(["id", ...managedColumns]);

function describeChanges({ changes, operation }: AuditEntry): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(changes);
  } catch {
    return clip(printable(changes), 200);
  }
  const entries = Object.entries((parsed ?? {}) as Readonly<Record<string, unknown>>);
  const words = entries
    .filter(([column]) => !unremarkable.has(column))
    .map(([column, change]) => `${printable(column)} ${describe(change, operation)}`);
  return words.join(", ");
}

function describe(change: unknown, operation: AuditEntry["operation"]): string {
  if (typeof change !== "object" || change === null) return shown(change);
  if ("secret" in change) return "(secret)";
  const { before, after } = change as { readonly before?: unknown; readonly after?: unknown };
  if (operation === "insert") return shown(after);
  return operation === "delete" ? shown(before) : `${shown(before)} -> ${shown(after)}`;
}

function shown(value: unknown): string {
  return clip(printable(JSON.stringify(value) ?? "nothing"), 60);
}
