import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Logger } from "#base";
import type { Json } from "#contract";
import type { SystemDb } from "../functions/db.ts";
import type { Suppressions } from "../mail/suppressions.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Enqueue } from "./enqueue-types.ts";
import type { JobControl } from "./job-control.ts";
import type { EnqueueableJob, JobOptions } from "./written-job.ts";

/** What a job's handler is given. */
export interface JobContext<S extends AnySchema, I> {
  /** What the input schema made of the stored input, now: a deploy since may have changed it. */
  readonly input: I;
  /** The data without rules. Each write is a transaction of its own; see `transaction`. */
  readonly db: SystemDb<S>;
  /** Several writes, and jobs enqueued and steered with them, that are kept together or not at all. */
  readonly transaction: <T>(work: (db: SystemDb<S>, enqueue: Enqueue, jobs: JobControl) => Promise<T>) => Promise<T>;
  /**
   * The end of the job, and its effects in the database, in one transaction: both or neither, so that they happen exactly once, whenever the
   * process dies. What the handler still does after it cannot make the job fail. Rejects, with nothing kept, where `work` does, where it was called
   * before, or where the job is this process's no more.
   */
  readonly complete: <T>(work?: (db: SystemDb<S>, enqueue: Enqueue, jobs: JobControl) => Promise<T>) => Promise<T>;
  /** Sees and steers jobs, each order in a transaction of its own. */
  readonly jobs: JobControl;
  /** To whom no mail is sent. Each change is a transaction of its own, and none can be made within `transaction` and `complete`. */
  readonly suppressions: Suppressions;
  /** Hands over another job, in a transaction of its own. */
  readonly enqueue: Enqueue;
  /**
   * Does a part of the job once: its result (JSON) is kept durably before `step` resolves, and given again, without `work`, when the job
   * is run once more. Names are unique within a job. What `work` does may still happen twice, if the process dies between its
   * end and the keeping: give its effect a key of its own, such as `${id}-${name}`.
   */
  readonly step: <T extends Json>(name: string, work: () => Promise<T> | T) => Promise<T>;
  /** Tells how far it is, for whoever looks: a share from 0 to 1, and words. Kept at most once a second. */
  readonly progress: (share: number, message?: string) => void;
  /** Aborts when the job is cancelled, its time is over, or the server is stopping. */
  readonly signal: AbortSignal;
  /** The job's id: the same in every attempt. */
  readonly id: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** When it was enqueued: ISO 8601, UTC. The same in every attempt. */
  readonly created: string;
  /** The server's log; lines have the job's name, id and attempt. */
  readonly log: Logger;
}

/** A job of a back end on the schema `S`. Its name is its key among the back end's `jobs`. */
export interface Job<S extends AnySchema, I> extends EnqueueableJob<I> {
  /** For the type checker alone: never present. */
  readonly "~schema"?: (schema: S) => S;
}

/** A schema for a job without input. */
type NoInput = StandardSchemaV1<undefined, undefined>;

export interface JobBuilders<S extends AnySchema> {
  /** A job for this schema: list it under `jobs` of `defineBackend`. */
  readonly job: <I extends StandardSchemaV1 = NoInput>(
    options: JobOptions<I>,
    handler: (context: JobContext<S, StandardSchemaV1.InferOutput<I>>) => unknown,
  ) => Job<S, StandardSchemaV1.InferInput<I>>;
}

/**
 * `const { job } = jobsOf(schema)`: for work that happens after the answer has left. A job runs at least once: its handler may be run
 * again after it has done all or part of its work, when the process died before that was noted.
 */
export function jobsOf<S extends AnySchema>(_schema: S): JobBuilders<S> {
  return { job: (options, handler) => ({ "~job": { options, handler } }) };
}
