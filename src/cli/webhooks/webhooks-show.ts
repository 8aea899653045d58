import { findEndpoint, hasWebhookTables, listDeliveries, type WebhookEndpoint } from "#application";
import { CommandError } from "../command-line/command-error.ts";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { describeDelivery, stateOfEndpoint, typesOf } from "./webhooks-words.ts";

export interface WebhooksShowOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Shows all that is known of one endpoint, and how the last message to it went. Its secret is shown nowhere. */
export async function webhooksShow(
  id: string,
  { backend, json = false }: WebhooksShowOptions,
  terminal: Terminal,
): Promise<void> {
  await withDatabase(backend, async (connection) => {
    const endpoint = (await hasWebhookTables(connection)) ? await findEndpoint(connection, id) : undefined;
    if (endpoint === undefined)
      throw new CommandError(`There is no endpoint '${printable(id)}'. \`chassis webhooks list\` shows those that there are.`);
    if (json) return terminal.print(JSON.stringify(endpoint, null, 2));
    const [last] = await listDeliveries(connection, { endpoint: id, limit: 1 });
    const fields = [
      ...describe(endpoint),
      ["last sent", last && `${last.type} ${last.state} ${describeDelivery(last)}`],
    ] as const;
    for (const [title, value] of fields) {
      if (value === null || value === undefined) continue;
      terminal.print(`${terminal.style("dim", title.padEnd(11))}  ${printable(value).trimEnd()}`);
    }
  });
}

function describe(endpoint: WebhookEndpoint): readonly (readonly [string, string | null])[] {
  const { id, url, description, notify, created } = endpoint;
  return [
    ["endpoint", id],
    ["url", url],
    ["types", typesOf(endpoint)],
    ["state", stateOfEndpoint(endpoint)],
    ["description", description],
    ["notify", notify],
    ["added", shortMoment(created)],
  ];
}
