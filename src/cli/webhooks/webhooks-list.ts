import { hasWebhookTables, listEndpoints } from "#application";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { alignColumns, stateOfEndpoint, typesOf } from "./webhooks-words.ts";

export interface WebhooksListOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Lists the endpoints, in the order in which they were added. */
export async function webhooksList({ backend, json = false }: WebhooksListOptions, terminal: Terminal): Promise<void> {
  await withDatabase(backend, async (connection, { backend: { webhooks } }) => {
    const endpoints = (await hasWebhookTables(connection)) ? await listEndpoints(connection) : [];
    if (json) for (const endpoint of endpoints) terminal.print(JSON.stringify(endpoint));
    else if (endpoints.length === 0) terminal.report(noneWords(webhooks.size));
    else {
      const lines = endpoints.map((endpoint) => [
        endpoint.id,
        printable(endpoint.url),
        typesOf(endpoint),
        stateOfEndpoint(endpoint),
      ]);
      const [head = "", ...rows] = alignColumns([["id", "url", "types", "state"], ...lines]);
      terminal.print(terminal.style("dim", head));
      for (const [index, row] of rows.entries())
        terminal.print(endpoints[index]?.enabled === true ? row : terminal.style("red", row));
    }
  });
}

function noneWords(types: number): string {
  return types === 0
    ? "This back end has no webhooks."
    : "Nobody receives webhooks yet: `chassis webhooks add <url>` adds an endpoint.";
}
