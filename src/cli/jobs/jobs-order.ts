import { countJobs, type JobOrder, obeyJobOrder } from "#application";
import { didYouMean } from "#base";
import { carryOut, requireDatabase } from "../backend/carry-out.ts";
import { CommandError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";
import { openWorkplace } from "../backend/workplace.ts";

export interface JobsOrderOptions {
  readonly action: JobOrder["action"];
  /** An id or the name of a queue. */
  readonly target: string;
  readonly backend: string;
}

/** Retries or cancels a job, pauses or resumes a queue: by the server that has the database, or here where none runs. */
export async function jobsOrder({ action, target, backend }: JobsOrderOptions, terminal: Terminal): Promise<void> {
  const order = readOrder(action, target);
  const workplace = await openWorkplace(backend);
  requireDatabase(workplace);
  if ("queue" in order) await checkQueue(order.queue, backend);
  const { was } = await carryOut(order, workplace, (database) =>
    database.transaction((connection) => obeyJobOrder(connection, order, Date.now())),
  );
  const { type: _, ...done } = order;
  printResult(terminal, { ...done, was }, describe(order, was));
}

/** The id of a job as it was typed. */
export function readJobId(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new CommandError(`A job's id is a whole number, as \`chassis jobs list\` shows it, not '${text}'.`);
  return Number(text);
}

function readOrder(action: JobOrder["action"], target: string): JobOrder {
  return action === "pause" || action === "resume"
    ? { type: "jobs", action, queue: target }
    : { type: "jobs", action, id: readJobId(target) };
}

/** A queue of the definition, or of what an earlier one has left. */
async function checkQueue(queue: string, backend: string): Promise<void> {
  await withDatabase(backend, async (connection, { backend: { jobs } }) => {
    const known = [...jobs.byName.values()].map((each) => each.queue);
    if (known.includes(queue)) return;
    const left = (await countJobs(connection)).map((each) => each.queue);
    if (!left.includes(queue))
      throw new CommandError(`No job has the queue '${printable(queue)}'${didYouMean(queue, [...known, ...left]) || "."}`);
  });
}

function describe(order: JobOrder, was: string | null): string {
  switch (order.action) {
    case "retry":
      return `Job ${order.id} (${was} until now) is ready, with all of its attempts.`;
    case "cancel":
      return was === "running" ? `Job ${order.id} is cancelled, and was told to stop.` : `Job ${order.id} is cancelled.`;
    case "pause":
      return `The queue '${order.queue}' is paused. What runs goes on to its end.`;
    case "resume":
      return `The queue '${order.queue}' goes on.`;
  }
}
