import { didYouMean } from "#base";
import { type AuditFilter, listAudit, type StoredEntry, type Table } from "#database";
import { describeEntry } from "./audit-words.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { readSince } from "../command-line/values.ts";

export interface AuditListOptions {
  readonly backend: string;
  readonly table?: string;
  readonly row?: string;
  readonly actor?: string;
  readonly system?: boolean;
  readonly since?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Lists entries of the audit log, the newest last. */
export async function auditList({ backend, json = false, ...options }: AuditListOptions, terminal: Terminal): Promise<void> {
  const filter = readFilter(options);
  await withDatabase(backend, async (connection, { backend: { model } }) => {
    // One more than is asked for, to know whether there are more.
    const found = await listAudit(connection, { ...filter, limit: filter.limit + 1 });
    const entries = found.slice(-filter.limit);
    if (json) for (const entry of entries) terminal.print(JSON.stringify(asJson(entry)));
    else describe(entries, terminal);
    if (found.length > entries.length)
      terminal.report(terminal.style("dim", `There are more before these: --limit ${filter.limit * 10} shows them.`));
    if (found.length > 0) return;
    const { table } = options;
    // A table that is gone may have left entries; one that never was is a mistype.
    if (table !== undefined && !model.tables.has(table))
      throw new CommandError(
        `There is no table '${table}', and nothing of one in the audit log${didYouMean(table, model.tables.keys()) || "."}`,
      );
    terminal.report(nothing(options, model.tables));
  });
}

function readFilter({ table, row, actor, system = false, since, limit = 100 }: Omit<AuditListOptions, "backend">): AuditFilter {
  if (row !== undefined && table === undefined) throw new UsageError("--row is a row of a table: say which with --table.");
  if (actor !== undefined && system) throw new UsageError("Give --actor or --system, and not both: the system is nobody.");
  return {
    ...(table === undefined ? {} : { table }),
    ...(row === undefined ? {} : { row }),
    ...(actor === undefined ? {} : { author: { id: actor } }),
    ...(system ? { author: "system" as const } : {}),
    ...(since === undefined ? {} : { since: readSince("--since", since) }),
    limit,
  };
}

function asJson({ entry, hash }: StoredEntry): object {
  let changes: unknown = entry.changes;
  try {
    changes = JSON.parse(entry.changes);
  } catch {
    // It was tampered with: shown as it is.
  }
  return { ...entry, changes, hash };
}

function describe(entries: readonly StoredEntry[], terminal: Terminal): void {
  const lines = entries.map(({ entry }) => describeEntry(entry));
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...lines.map(({ cells }) => cells[column]?.length ?? 0)));
  for (const { cells, changes } of lines) {
    const [sequence = "", moment = "", who = "", what = ""] = cells.map((cell, column) =>
      column === 0 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    terminal.print(
      `${terminal.style("dim", `${sequence}  ${moment}`)}  ${terminal.style("bold", who)}  ${what}  ${changes}`.trimEnd(),
    );
  }
}

/** Why there is nothing to list, and what might have been meant. */
function nothing(
  { table: name, row, actor, system, since }: Omit<AuditListOptions, "backend">,
  tables: ReadonlyMap<string, Table>,
): string {
  if (name !== undefined) {
    if (tables.get(name)?.audit !== true) return `The table '${name}' is not audited: give it { audit: true }.`;
  }
  if ([name, row, actor, system, since].some((option) => option !== undefined)) return "There is no such entry in the audit log.";
  const isUsed = [...tables.values()].some(({ audit }) => audit === true);
  return isUsed ? "The audit log is empty." : "No table is audited: table(fields, { audit: true }).";
}
