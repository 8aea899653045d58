import type { StandardSchemaV1 } from "@standard-schema/spec";

export interface JobOptions<I extends StandardSchemaV1> {
  /** Checks the input, when it is enqueued and again when it is run. Left out, the job takes none. */
  readonly input?: I;
  /** Jobs of one queue share its limits. Default "default". */
  readonly queue?: string;
  /** How often it is run before it is set aside as failed. Default 20: with the default backoff, over about nine hours. */
  readonly maxAttempts?: number;
  /** Time before the next attempt after the n-th one failed, from 1: in milliseconds or as `30s`. Default: doubling from 1 s to an hour, a quarter of it at random. */
  readonly backoff?: (attempt: number) => number | string;
  /** Lower is first. Default 0. */
  readonly priority?: number;
  /** How long one attempt may take: milliseconds or `30s`, `15m`. Default 15 minutes. */
  readonly timeLimit?: number | string;
  /**
   * Runs in a thread of its own, so that what burns the processor never keeps the server from answering. The thread runs the back end's file once
   * more, and may use 256 MiB, or so many as `memory` says; over that, or over the time limit, it is ended, and the job has failed. Its queue is
   * "heavy" where it names none, of which as many run at once as there are processors but one.
   */
  readonly heavy?: boolean | { readonly memory?: number };
  /** How long a job that is done stays to be seen: milliseconds or `1d`. By default it goes at once. */
  readonly keep?: number | string;
}

/** A job as it is written, before its back end is known. */
export interface WrittenJob {
  readonly options: JobOptions<StandardSchemaV1>;
  /** Left out by what a part of the platform runs, such as the templates of mails: see `bindOwnJobs`. */
  readonly handler?: (context: never) => unknown;
}

/** A job whose input is given as `I`: all that `enqueue` needs to know of it. */
export interface EnqueueableJob<I> {
  readonly "~job": WrittenJob;
  /** For the type checker alone: never present. */
  readonly "~input"?: (input: I) => void;
}
