import { rawRequest } from "../load/request.ts";
import type { Load } from "../load/load.ts";
import type { Race } from "../measure/race.ts";
import type { ServerProcess } from "../servers/server-process.ts";

const writers = 64;
const rows = 1000;
const tables = { plain: "nothing kept", remembered: "history", audited: "audit log", both: "history and audit log" } as const;

/** Updates of one row after the other in tables that are alike but for what is kept of their past. */
export async function keptPasts(load: Load, server: ServerProcess, headers: Readonly<Record<string, string>>): Promise<Race> {
  for (const table of Object.keys(tables)) await fill(server, table, headers);
  const lanes = Object.entries(tables).map(([table, name]) =>
    load.lane({
      name,
      server,
      requests: Array.from({ length: rows }, (_, index) =>
        rawRequest({
          method: "PATCH",
          path: `/rest/v1/${table}?id=eq.${index + 1}`,
          headers,
          body: JSON.stringify({ body: `Text ${index} of a note, as long as such a text is.` }),
        }),
      ),
      connections: writers,
    }),
  );
  return {
    title: "Updates, 64 at once, by what is kept of the past",
    lanes,
    comparisons: Object.values(tables)
      .slice(1)
      .map((of) => ({ of, to: tables.plain })),
  };
}

async function fill(server: ServerProcess, table: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}/rest/v1/${table}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(Array.from({ length: rows }, (_, index) => ({ id: index + 1, body: "A note." }))),
  });
  if (!response.ok) throw new Error(`Rows of ${table} were answered with ${response.status}: ${await response.text()}`);
}
