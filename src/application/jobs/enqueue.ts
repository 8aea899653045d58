import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Clock, parseDuration } from "#base";
import { AppError, type Json } from "#contract";
import type { Connection } from "#database";
import { jsonProblem } from "../functions/json-problem.ts";
import { validateInput } from "../functions/validate-input.ts";
import type { JobBook, JobDefinition } from "./build-jobs.ts";
import type { EnqueueableJob } from "./written-job.ts";
import type { Enqueue, EnqueueOptions } from "./enqueue-types.ts";
import { insertJob, type NewJob } from "./job-table.ts";
import { keptInput, unrefusedInput } from "./kept-input.ts";

/** Where a job is put: into a transaction that is open, or into one of its own. */
export type InTransaction = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

export interface EnqueuerOptions {
  readonly jobs: JobBook;
  readonly clock: Clock;
  /** Hears of every job that was put, before its transaction has ended. */
  readonly onEnqueued: () => void;
}

/** Makes an `enqueue` that puts jobs into the transactions which it is given. */
export type Enqueuer = (inTransaction: InTransaction) => Enqueue;

/** Of a back end without jobs. */
export const noJobs: Enqueuer = () => () => Promise.reject(new TypeError(NOT_LISTED));

const NOT_LISTED = "enqueue takes a job that is listed under `jobs` of defineBackend.";

export function createEnqueuer({ jobs, clock, onEnqueued }: EnqueuerOptions): Enqueuer {
  return (inTransaction): Enqueue =>
    async (job: EnqueueableJob<never>, given?: unknown, options: EnqueueOptions = {}) => {
      const definition = jobs.byName.get(jobs.nameOf(job) ?? "");
      if (definition === undefined) throw new TypeError(NOT_LISTED);
      const made = await makeJob(definition, { input: given, ...options }, clock.now());
      return inTransaction((connection) => put(connection, made, { clock, onEnqueued }));
    };
}

/** A job that a part of the platform brought, as it puts it into a transaction. */
export interface OwnJobOrder extends EnqueueOptions {
  readonly name: string;
  readonly input?: Json;
  /** Whether it fits, and is not too long, is seen when it is run: what is put with somebody's change must not refuse the change. */
  readonly isUnchecked?: boolean;
  /** Where the job of its key runs already, this one waits behind it: see `NewJob`. */
  readonly follows?: boolean;
}

/** Puts a job of a part of the platform, by its name, into the transaction of that connection, and gives its id. */
export type EnqueueOwn = (connection: Connection, order: OwnJobOrder) => Promise<number>;

export function createOwnEnqueue({ jobs, clock, onEnqueued }: EnqueuerOptions): EnqueueOwn {
  return async (connection, { name, ...order }) => {
    const definition = jobs.byName.get(name);
    if (definition === undefined) throw new TypeError(`No part of the platform brought the job '${name}'.`);
    return put(connection, await makeJob(definition, order, clock.now()), { clock, onEnqueued });
  };
}

async function makeJob(
  definition: JobDefinition,
  {
    input: given,
    isUnchecked = false,
    follows = false,
    ...options
  }: EnqueueOptions & Omit<OwnJobOrder, "name" | "input"> & { readonly input?: unknown },
  now: number,
): Promise<NewJob> {
  const { name, queue } = definition;
  const input = keptInput(definition, isUnchecked ? unrefusedInput(given) : await checkInput(definition, given));
  const priority = wholeOr(definition.priority, "priority", { value: options.priority, least: -1000, most: 1000 });
  const maxAttempts = wholeOr(definition.maxAttempts, "maxAttempts", { value: options.maxAttempts, least: 1, most: 1000 });
  return { name, queue, input, priority, maxAttempts, follows, ...readOptions(options, now) };
}

async function put(
  connection: Connection,
  job: NewJob,
  { clock, onEnqueued }: Pick<EnqueuerOptions, "clock" | "onEnqueued">,
): Promise<number> {
  const { id, isNew } = await insertJob(connection, job, clock.now());
  if (isNew) onEnqueued();
  return id;
}

/** As JSON text, as it was given: what the schema makes of it is worked out anew when the job is run. */
async function checkInput({ name, input }: JobDefinition, given: unknown): Promise<string | null> {
  await validateJobInput(input, given);
  if (given === undefined) return null;
  const problem = jsonProblem(given);
  if (problem !== undefined) throw new TypeError(`The input of the job '${name}' is what JSON can say, and ${problem}.`);
  const text = JSON.stringify(given);
  if (text.length > MAX_INPUT)
    throw new AppError("limitExceeded", {
      message: `The input of a job may have at most ${MAX_INPUT} characters.`,
      hint: "Keep it in a table, and give its id.",
    });
  return text;
}

/** Characters of a job's input: it is read whenever the job is. */
const MAX_INPUT = 262_144;

export function validateJobInput(schema: StandardSchemaV1 | undefined, given: unknown): Promise<unknown> {
  return validateInput(schema, given, "This job takes no input.");
}

function readOptions(
  { delay, at, unique }: EnqueueOptions,
  now: number,
): { readonly runAt: number; readonly uniqueKey: string | null } {
  if (delay !== undefined && at !== undefined) throw new TypeError("enqueue takes a delay or a moment, not both.");
  const wait = typeof delay === "string" ? parseDuration(delay) : (delay ?? 0);
  const runAt = at === undefined ? now + wait : at.getTime();
  if (!(Math.abs(runAt) <= MAX_MOMENT) || wait < 0) throw new TypeError("enqueue: `delay` and `at` must be a time.");
  if (unique !== undefined && (unique === "" || unique.length > 255 || !unique.isWellFormed()))
    throw new TypeError("enqueue: `unique` must be text of 1 to 255 characters.");
  return { runAt: Math.round(runAt), uniqueKey: unique ?? null };
}

/** The last moment that a date can be, in milliseconds since 1970. */
const MAX_MOMENT = 8.64e15;

function wholeOr(
  usual: number,
  name: string,
  { value, least, most }: { readonly value: number | undefined; readonly least: number; readonly most: number },
): number {
  if (value === undefined) return usual;
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`enqueue: \`${name}\` must be a whole number from ${least} to ${most}.`);
  return value;
}
