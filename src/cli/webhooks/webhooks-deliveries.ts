import {
  type DeliveryState,
  findEndpoint,
  hasWebhookTables,
  listAttempts,
  listDeliveries,
  type WebhookDelivery,
  type WebhookDeliveryFilter,
} from "#application";
import type { Connection } from "#database";
import { CommandError } from "../command-line/command-error.ts";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { clip, printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { alignColumns, describeDelivery } from "./webhooks-words.ts";

export interface WebhooksDeliveriesOptions {
  readonly backend: string;
  readonly endpoint?: string;
  readonly event?: string;
  readonly state?: DeliveryState;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Lists deliveries, the newest last; of one message with each attempt. */
export async function webhooksDeliveries(options: WebhooksDeliveriesOptions, terminal: Terminal): Promise<void> {
  const { backend, endpoint, event, json = false } = options;
  const { limit = 50 } = options;
  const filter: WebhookDeliveryFilter = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(event === undefined ? {} : { event }),
    ...(options.state === undefined ? {} : { state: options.state }),
  };
  await withDatabase(backend, async (connection) => {
    if (endpoint !== undefined && !(await isEndpoint(connection, endpoint)))
      throw new CommandError(`There is no endpoint '${printable(endpoint)}'. \`chassis webhooks\` lists them.`);
    // One more than is asked for, to know whether there are more.
    const found = (await hasWebhookTables(connection)) ? await listDeliveries(connection, { ...filter, limit: limit + 1 }) : [];
    const rows = found.slice(0, limit).toReversed();
    if (json) for (const row of rows) terminal.print(JSON.stringify({ ...row, all: await listAttempts(connection, row.id) }));
    else printTable(rows, terminal);
    if (event !== undefined && !json) for (const row of rows) await printAttempts(connection, row, terminal);
    if (found.length > limit)
      terminal.report(terminal.style("dim", `There are more before these: --limit ${limit * 10} shows them.`));
    if (found.length === 0)
      terminal.report(
        Object.keys(filter).length > 0 ? "There is no such delivery." : "Nothing has been sent, and nothing waits.",
      );
  });
}

async function isEndpoint(connection: Connection, id: string): Promise<boolean> {
  return (await hasWebhookTables(connection)) && (await findEndpoint(connection, id)) !== undefined;
}

function printTable(rows: readonly WebhookDelivery[], terminal: Terminal): void {
  if (rows.length === 0) return;
  const lines = rows.map((row) => [
    row.event,
    row.state,
    printable(row.type),
    row.endpoint,
    String(row.attempts),
    shortMoment(row.at),
    describeDelivery(row),
  ]);
  const [head = "", ...others] = alignColumns([["event", "state", "type", "endpoint", "attempts", "at", ""], ...lines]);
  terminal.print(terminal.style("dim", head));
  for (const [index, line] of others.entries())
    terminal.print(rows[index]?.state === "failed" ? terminal.style("red", line) : line);
}

async function printAttempts(connection: Connection, { id, endpoint }: WebhookDelivery, terminal: Terminal): Promise<void> {
  for (const { at, took, status, error, answer } of await listAttempts(connection, id)) {
    const words =
      status === null
        ? printable(error ?? "")
        : `answered ${status}${answer === null ? "" : `: ${clip(printable(answer), 200)}`}`;
    terminal.print(`${shortMoment(at)}  ${endpoint}  ${took} ms  ${words}`);
  }
}
