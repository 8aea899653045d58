import { join } from "node:path";
import { createClient } from "./client.ts";
import { check, type Verdict } from "./checker.ts";
import { readState } from "./database-state.ts";
import type { Ledger } from "./ledger.ts";
import type { MountSpace } from "./mount-space.ts";
import type { RunScope } from "./scope.ts";
import { type FaultServer, type ServerOptions, startServer } from "./server.ts";

/** Starts a server on what a fault left, and holds what the file and the server say against the ledger. It runs on. */
export async function reopen(
  scope: RunScope,
  ledger: Ledger,
  options: ServerOptions & { readonly space?: MountSpace },
): Promise<{ readonly server: FaultServer; readonly verdict: Verdict }> {
  const server = await startServer(scope, options);
  const path = join(options.dataDirectory, "chassis.db");
  const state = options.space === undefined ? readState(path) : await options.space.readState(path);
  const verdict = check(ledger.entries, state);
  const wrong = [...verdict.wrong];
  const client = createClient(server.url);
  // What the server says must be what the file says; the search index is another copy of the notes.
  const counts = {
    notes: state.notes.length,
    "notes?body=fts.ledger": state.notes.length,
    ticks: state.ticks.length,
    lines: state.lines.length,
  };
  for (const [path, expected] of Object.entries(counts)) {
    const reply = await client.ask("GET", `/rest/v1/${path}${path.includes("?") ? "&" : "?"}select=count()`);
    const [row] = JSON.parse(reply.text) as readonly { count?: number }[];
    if (row?.count !== expected)
      wrong.push(`${path} has ${expected} rows in the file, and the server says ${reply.text.slice(0, 200)}`);
  }
  client.close();
  return { server, verdict: { ...verdict, wrong } };
}
