import { countJobs, jobStates, type QueueCounts } from "#application";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface JobsQueuesOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Counts the jobs of each queue by state; a queue of the definition in which nothing is counts too. */
export async function jobsQueues({ backend, json = false }: JobsQueuesOptions, terminal: Terminal): Promise<void> {
  await withDatabase(backend, async (connection, { backend: { jobs } }) => {
    const counted = await countJobs(connection);
    const byName = new Map(counted.map((each) => [each.queue, each]));
    for (const { queue } of jobs.byName.values()) if (!byName.has(queue)) byName.set(queue, { queue, paused: false, states: {} });
    const queues = [...byName.values()].toSorted((left, right) => (left.queue < right.queue ? -1 : 1));
    if (json) terminal.print(JSON.stringify(queues, null, 2));
    else if (queues.length === 0) terminal.report("This back end has no jobs.");
    else for (const line of describe(queues)) terminal.print(line);
  });
}

function describe(queues: readonly QueueCounts[]): readonly string[] {
  const table = [
    ["queue", ...jobStates, ""],
    ...queues.map(({ queue, states, paused }) => [
      printable(queue),
      ...jobStates.map((state) => String(states[state] ?? 0)),
      paused ? "paused" : "",
    ]),
  ];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const last = jobStates.length + 1;
  return table.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column === last ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
