import type { EnqueueableJob } from "./written-job.ts";

/** What becomes of the runs whose time came while no server ran: one for all of them, none, or every one (a hundred at most). */
export type MissedRuns = "run-once" | "skip" | "run-all";

export interface CronOptions<I> {
  /**
   * Of the IANA data base, such as `Europe/Amsterdam`. Default UTC. Where the clocks change, times of a day (no `*` and no step in
   * minutes and hours) run once: at the first of two, and where there is none, as soon as the clock is past it. Intervals run whenever the
   * clock says so: not in an hour that is left out, and twice in one that comes twice.
   */
  readonly timeZone?: string;
  /** Default `run-once`. */
  readonly missed?: MissedRuns;
  /** What the job is given: the same each time, or made for the moment for which the run was planned. */
  readonly input?: I | ((planned: Date) => I);
}

/** A job by the clock, before its back end is known. */
export interface WrittenCron {
  readonly expression: string;
  readonly job: EnqueueableJob<never>;
  readonly options: CronOptions<unknown>;
}

/** A job by the clock: listed under `crons` of `defineBackend`. */
export interface CronJob {
  readonly "~cron": WrittenCron;
}

/**
 * Runs a job by the clock: `cron("0 8 * * MON", sendDigest, { timeZone: "Europe/Amsterdam" })`. The expression has five fields (minute,
 * hour, day of the month, month, day of the week), or six with seconds before them. Each run is a job like any other: it is tried
 * again, can be seen, and of one planned moment there is one, however many servers there are.
 */
export function cron<I>(
  expression: string,
  job: EnqueueableJob<I>,
  ...rest: undefined extends I
    ? [options?: CronOptions<I>]
    : [options: CronOptions<I> & { readonly input: I | ((planned: Date) => I) }]
): CronJob {
  const [options = {}] = rest;
  return { "~cron": { expression, job, options } };
}
