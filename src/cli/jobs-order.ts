import { existsSync } from "node:fs";
import { countJobs, type JobOrder, type JobOrderOutcome, loadTokenSecret, obeyJobOrder } from "#application";
import { didYouMean } from "#base";
import { openSqlite } from "#database";
import { databasePath, tokenKey } from "#platform";
import { maintenanceOf } from "./ask-server.ts";
import { CommandError } from "./failure.ts";
import { withDatabase } from "./open-audit.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";
import { findServer, openWorkplace, type Workplace } from "./workplace.ts";

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
  if (!existsSync(databasePath(workplace.dataDirectory)))
    throw new CommandError(`There is no database in ${workplace.dataDirectory} yet: the first start makes it.`);
  if ("queue" in order) await checkQueue(order.queue, backend);
  const outcome = await carryOut(order, workplace);
  if ("refused" in outcome) throw new CommandError(printable(outcome.refused));
  terminal.print(describe(order, outcome.was));
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

async function carryOut(order: JobOrder, workplace: Workplace): Promise<JobOrderOutcome> {
  const { dataDirectory, config } = workplace;
  const server = findServer(workplace);
  if (server !== undefined) {
    if (server.url === undefined)
      throw new CommandError(`The server (process ${server.pid}) is only starting. Try again in a moment.`);
    const state = await maintenanceOf(server.url, tokenKey(await loadTokenSecret(dataDirectory)))(order);
    return state.state === "failed"
      ? { refused: state.message }
      : ((state as { readonly result: unknown }).result as JobOrderOutcome);
  }
  const database = await openSqlite({ path: databasePath(dataDirectory), durability: config.durability });
  try {
    return await database.transaction((connection) => obeyJobOrder(connection, order, Date.now()));
  } finally {
    await database.close();
  }
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
