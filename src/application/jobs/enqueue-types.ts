import type { EnqueueableJob } from "./written-job.ts";

/** When a job runs, and how often it is tried. */
export interface EnqueueOptions {
  /** Not before so much time has passed: milliseconds, or `30s`, `15m`, `12h`, `30d`. */
  readonly delay?: number | string;
  /** Not before this moment. */
  readonly at?: Date;
  /** Lower is first. By default the job's. */
  readonly priority?: number;
  /** While a job of this name and this key waits or runs, another is not made: `enqueue` gives the id of the one that is there. */
  readonly unique?: string;
  /** By default the job's. */
  readonly maxAttempts?: number;
}

/**
 * Hands over a job, and resolves with its id. In a mutation it is part of the transaction: no job of one that is rolled back ever runs.
 * Throws `validationFailed` where the input does not fit.
 */
export type Enqueue = <I>(
  job: EnqueueableJob<I>,
  ...rest: undefined extends I ? [input?: NoInfer<I>, options?: EnqueueOptions] : [input: NoInfer<I>, options?: EnqueueOptions]
) => Promise<number>;
