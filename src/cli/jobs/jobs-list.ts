import { type JobFilter, type JobRow, type JobState, listJobs } from "#application";
import { didYouMean } from "#base";
import { CommandError } from "../command-line/command-error.ts";
import { describeJob, shortMoment } from "./jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface JobsListOptions {
  readonly backend: string;
  readonly state?: JobState;
  readonly job?: string;
  readonly queue?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Lists jobs, the newest last. */
export async function jobsList({ backend, json = false, ...options }: JobsListOptions, terminal: Terminal): Promise<void> {
  const { state, job, queue } = options;
  const { limit = 50 } = options;
  const filter: JobFilter = {
    ...(state === undefined ? {} : { state }),
    ...(job === undefined ? {} : { name: job }),
    ...(queue === undefined ? {} : { queue }),
  };
  await withDatabase(backend, async (connection, { backend: { jobs } }) => {
    // One more than is asked for, to know whether there are more.
    const found = await listJobs(connection, { ...filter, limit: limit + 1 });
    const rows = found.slice(0, limit).toReversed();
    if (json) for (const row of rows) terminal.print(JSON.stringify(row));
    else printTable(rows, terminal);
    if (found.length > limit)
      terminal.report(terminal.style("dim", `There are more before these: --limit ${limit * 10} shows them.`));
    if (found.length > 0) return;
    const queues = [...jobs.byName.values()].map((each) => each.queue);
    if (job !== undefined && !jobs.byName.has(job))
      throw new CommandError(`There is no job '${job}', and nothing of one waits${didYouMean(job, jobs.byName.keys()) || "."}`);
    if (queue !== undefined && !queues.includes(queue))
      throw new CommandError(`No job has the queue '${queue}', and nothing waits in one${didYouMean(queue, queues) || "."}`);
    if (Object.keys(filter).length > 0)
      terminal.report("There is no such job. One that is done goes at once, unless its `keep` says otherwise.");
    else if (jobs.byName.size === 0) terminal.report("This back end has no jobs.");
    else terminal.report("No job waits, runs or failed.");
  });
}

function printTable(rows: readonly JobRow[], terminal: Terminal): void {
  if (rows.length === 0) return;
  const head = ["id", "state", "job", "queue", "attempt", "since", ""];
  const lines = rows.map((row) => [
    String(row.id),
    row.state,
    row.name,
    row.queue,
    `${row.attempt}/${row.maxAttempts}`,
    shortMoment(row.finished ?? (row.state === "scheduled" ? row.runAt : row.created)),
    describeJob(row),
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (line: readonly string[]): string =>
    line
      .map((cell, column) => (column === 0 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  terminal.print(terminal.style("dim", pad(head)));
  for (const [index, line] of lines.entries()) {
    const state = rows[index]?.state;
    terminal.print(state === "failed" ? terminal.style("red", pad(line)) : pad(line));
  }
}
