import { hasProviderTables, listClients, type OidcClient } from "#application";
import { providerOf } from "./client-order.ts";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** Lists apps, the oldest first; never the hash of a secret. */
export async function clientList(
  { backend, json = false }: { readonly backend: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  await withDatabase(backend, async (connection, workplace) => {
    providerOf(workplace);
    const clients = (await hasProviderTables(connection)) ? await listClients(connection) : [];
    for (const client of clients) {
      if (json) terminal.print(JSON.stringify({ ...client, created: momentOf(client) }));
      else printClient(client, terminal);
    }
    if (clients.length === 0) terminal.report("No app signs people in yet: chassis client add writes one down.");
  });
}

function printClient(client: OidcClient, terminal: Terminal): void {
  const { id, name, isPublic, trusted, redirectUris, logoutUris, scopes, resources } = client;
  const kinds = [isPublic ? "public" : "with a secret", ...(trusted ? ["trusted"] : [])].join(", ");
  terminal.print(`${id}  ${printable(name)}  ${terminal.style("dim", `${kinds}, since ${shortMoment(momentOf(client))}`)}`);
  for (const [title, values] of [
    ["back to", redirectUris],
    ["after signing out", logoutUris],
    ["scopes", [scopes.join(" ")]],
    ["API", resources],
  ] as const)
    for (const value of values) terminal.print(`  ${terminal.style("dim", title.padEnd(17))}  ${printable(value)}`);
}

function momentOf({ created }: OidcClient): string {
  return new Date(created).toISOString();
}
