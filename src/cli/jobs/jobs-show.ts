import { findJob, type JobRow } from "#application";
import { CommandError } from "../command-line/command-error.ts";
import { readJobId } from "./jobs-order.ts";
import { describeProgress, shortMoment } from "./jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface JobsShowOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Shows all that is known of one job. */
export async function jobsShow(given: string, { backend, json = false }: JobsShowOptions, terminal: Terminal): Promise<void> {
  const id = readJobId(given);
  await withDatabase(backend, async (connection) => {
    const job = await findJob(connection, id);
    if (job === undefined)
      throw new CommandError(
        `There is no job ${id}. One that is done is forgotten at once, unless its job says how long to \`keep\` it.`,
      );
    if (json) terminal.print(JSON.stringify(job, null, 2));
    else for (const line of describe(job, terminal)) terminal.print(line);
  });
}

function describe(job: JobRow, terminal: Terminal): readonly string[] {
  const { id, name, queue, state, input, priority, runAt, attempt, maxAttempts, uniqueKey, progress, error, created, finished } =
    job;
  const fields: readonly (readonly [string, string | null | undefined])[] = [
    ["job", printable(name)],
    ["id", String(id)],
    ["state", state],
    ["queue", `${printable(queue)}${priority === 0 ? "" : `, priority ${priority}`}`],
    ["attempt", `${attempt} of ${maxAttempts}`],
    ["enqueued", shortMoment(created)],
    [state === "scheduled" ? "runs at" : "due", shortMoment(runAt)],
    ["ended", finished === null ? null : shortMoment(finished)],
    ["unique key", uniqueKey === null ? null : printable(uniqueKey)],
    ["progress", describeProgress(progress)],
    ["input", input === null ? null : printable(JSON.stringify(input))],
  ];
  const lines = fields.flatMap(([title, value]) =>
    value === null || value === undefined ? [] : [`${terminal.style("dim", title.padEnd(10))}  ${value}`],
  );
  if (error === null) return lines;
  return [...lines, terminal.style("dim", "last error"), ...error.split("\n").map((line) => `  ${printable(line)}`)];
}
