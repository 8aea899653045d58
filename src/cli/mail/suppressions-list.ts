import { hasMailTables, listSuppressions, type Suppression, type SuppressionFilter, type SuppressionReason } from "#application";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { clip, printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { alignColumns } from "../webhooks/webhooks-words.ts";

export interface SuppressionsListOptions {
  readonly backend: string;
  readonly address?: string;
  readonly list?: string;
  readonly reason?: SuppressionReason;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Lists to whom no mail is sent, the newest last. */
export async function suppressionsList(
  { backend, json = false, ...options }: SuppressionsListOptions,
  terminal: Terminal,
): Promise<void> {
  const { address, list, reason } = options;
  const { limit = 50 } = options;
  const filter: SuppressionFilter = {
    ...(address === undefined ? {} : { address }),
    ...(list === undefined ? {} : { list }),
    ...(reason === undefined ? {} : { reason }),
  };
  await withDatabase(backend, async (connection) => {
    // One more than is asked for, to know whether there are more.
    const found = (await hasMailTables(connection)) ? await listSuppressions(connection, { ...filter, limit: limit + 1 }) : [];
    const shown = found.slice(0, limit).toReversed();
    if (json) for (const each of shown) terminal.print(JSON.stringify(each));
    else printTable(shown, terminal);
    if (found.length > limit)
      terminal.report(terminal.style("dim", `There are more before these: --limit ${limit * 10} shows them.`));
    if (found.length > 0) return;
    terminal.report(
      Object.keys(filter).length > 0 ? "There is no such suppression." : "Mail is sent to everybody: no address is suppressed.",
    );
  });
}

function printTable(shown: readonly Suppression[], terminal: Terminal): void {
  if (shown.length === 0) return;
  const lines = shown.map(({ address, list, reason, since, detail }) => [
    printable(address),
    printable(list ?? "all mail"),
    reason,
    shortMoment(since),
    clip(printable(detail ?? ""), 80),
  ]);
  const [head = "", ...rows] = alignColumns([["address", "list", "reason", "since", ""], ...lines]);
  terminal.print(terminal.style("dim", head));
  for (const row of rows) terminal.print(row);
}
