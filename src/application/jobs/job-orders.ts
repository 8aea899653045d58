import { AppError } from "#contract";
import type { Connection } from "#database";
import { cancelJob, findUniqueHolder, hasJobTables, type JobState, pauseQueue, retryJob } from "./job-table.ts";
import { findJob } from "./list-jobs.ts";

/** What people ask of jobs from outside. Plain data: it comes over HTTP where a server runs. */
export type JobOrder =
  | { readonly type: "jobs"; readonly action: "retry" | "cancel"; readonly id: number }
  | { readonly type: "jobs"; readonly action: "pause" | "resume"; readonly queue: string };

/** `was`: the state of the job before, where the order is about one. `refused`: why nothing was done, in words for people. */
export type JobOrderOutcome = { readonly was: JobState | null } | { readonly refused: string };

/** Carries out one order. To be called within a transaction. */
export async function obeyJobOrder(connection: Connection, order: JobOrder, now: number): Promise<JobOrderOutcome> {
  if (!(await hasJobTables(connection))) return { refused: "There have been no jobs in this database yet." };
  if ("queue" in order) {
    await pauseQueue(connection, order.queue, order.action === "pause");
    return { was: null };
  }
  const job = await findJob(connection, order.id);
  if (job === undefined)
    return {
      refused: `There is no job ${order.id}. One that is done is forgotten at once, unless its job says how long to \`keep\` it.`,
    };
  const { id, state, name, uniqueKey } = job;
  if (order.action === "cancel") {
    if (!(await cancelJob(connection, id, now))) return { refused: `Job ${id} is ${state} already: there is nothing to cancel.` };
    return { was: state };
  }
  if (state === "ready") return { refused: `Job ${id} is ready already: it runs as soon as its queue lets it.` };
  if (state === "behind")
    return { refused: `Job ${id} waits behind the one of its key '${uniqueKey}' that runs, and is next when that has ended.` };
  if (state === "running") return { refused: `Job ${id} is running. Cancel it first.` };
  const holder = uniqueKey === null ? undefined : await findUniqueHolder(connection, { name, uniqueKey, not: id });
  if (holder !== undefined) {
    return {
      refused: `Job ${id} has the unique key '${uniqueKey}', and so has job ${holder.id}, which waits or runs: there is one at a time. Let that one end, or cancel it first.`,
    };
  }
  await retryJob(connection, id, now);
  return { was: state };
}

/** @throws AppError `invalidBody` where it is none. */
export function readJobOrder(value: object): JobOrder {
  const { action, id, queue } = value as { readonly action?: unknown; readonly id?: unknown; readonly queue?: unknown };
  if ((action === "retry" || action === "cancel") && Number.isSafeInteger(id)) return { type: "jobs", action, id: id as number };
  if ((action === "pause" || action === "resume") && typeof queue === "string") return { type: "jobs", action, queue };
  throw new AppError("invalidBody", {
    details: "An order about jobs is to retry or cancel an id, or to pause or resume a queue.",
  });
}
