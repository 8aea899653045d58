import { didYouMean, parseDuration } from "#base";
import { type AuditFilter, listAudit, type StoredEntry, type Table } from "#database";
import { describeEntry } from "./audit-words.ts";
import { CommandError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface AuditListOptions {
  readonly backend: string;
  readonly table?: string;
  readonly row?: string;
  readonly actor?: string;
  readonly system?: boolean;
  readonly since?: string;
  readonly limit?: string;
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
    if (found.length === 0) terminal.report(nothing(options, model.tables));
  });
}

function readFilter({ table, row, actor, system = false, since, limit }: Omit<AuditListOptions, "backend">): AuditFilter {
  if (row !== undefined && table === undefined) throw new CommandError("--row is a row of a table: say which with --table.");
  if (actor !== undefined && system) throw new CommandError("Give --actor or --system, and not both: the system is nobody.");
  return {
    ...(table === undefined ? {} : { table }),
    ...(row === undefined ? {} : { row }),
    ...(actor === undefined ? {} : { author: { id: actor } }),
    ...(system ? { author: "system" as const } : {}),
    ...(since === undefined ? {} : { since: readSince(since) }),
    limit: limit === undefined ? 100 : readLimit(limit),
  };
}

function readLimit(text: string): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw new CommandError(`--limit must be a whole number from 1 to 999999999, not '${text}'.`);
  return limit;
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A day (of UTC), a time with its zone, or how long ago, as a stored timestamp. */
function readSince(text: string): string {
  const at = /^\d+[smhd]$/.test(text)
    ? Date.now() - parseDuration(text)
    : DATE.test(text) || MOMENT.test(text)
      ? Date.parse(text)
      : Number.NaN;
  const time = new Date(at);
  // 30 February would become a day of March.
  if (Number.isNaN(at) || (DATE.test(text) && time.toISOString().slice(0, 10) !== text))
    throw new CommandError(
      `--since must be a day such as 2026-11-25, a time with its zone such as 2026-11-25T22:00:00Z, or how long ago, such as 12h, not '${text}'.`,
    );
  return time.toISOString();
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
    const table = tables.get(name);
    if (table === undefined)
      return `There is no table '${name}', and nothing of one in the audit log${didYouMean(name, tables.keys()) || "."}`;
    if (table.audit !== true) return `The table '${name}' is not audited: give it { audit: true }.`;
  }
  if ([name, row, actor, system, since].some((option) => option !== undefined)) return "There is no such entry in the audit log.";
  const isUsed = [...tables.values()].some(({ audit }) => audit === true);
  return isUsed ? "The audit log is empty." : "No table is audited: table(fields, { audit: true }).";
}
