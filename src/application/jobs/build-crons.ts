import { createRequire } from "node:module";
import type * as croner from "croner";
import { didYouMean } from "#base";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { caseTwins, nameProblem } from "../schema/names.ts";
import type { JobBook } from "./build-jobs.ts";
import type { MissedRuns, WrittenCron } from "./define-cron.ts";

/** A job by the clock, checked. */
export interface CronDefinition {
  readonly name: string;
  readonly job: WrittenCron["job"];
  /** What the database remembers it by: where it changes, the next run is worked out anew. */
  readonly schedule: string;
  readonly missed: MissedRuns;
  readonly inputFor: (planned: Date) => unknown;
  /** The first moment after that one; undefined where there is none any more. */
  readonly next: (after: Date) => Date | undefined;
}

const policies: readonly MissedRuns[] = ["run-once", "skip", "run-all"];

export function buildCrons(
  written: Readonly<Record<string, unknown>>,
  jobs: JobBook,
  problems: DefinitionProblem[],
): readonly CronDefinition[] {
  const crons: CronDefinition[] = [];
  for (const [name, value] of Object.entries(written)) {
    const report = (message: string): void => void problems.push({ place: `crons.${name}`, message });
    const message = nameProblem(name);
    if (message !== undefined) report(message);
    if (typeof value !== "object" || value === null || !("~cron" in value)) {
      report('is no job by the clock; write cron("0 8 * * MON", job)');
      continue;
    }
    const { expression, job, options } = value["~cron"] as WrittenCron;
    const { timeZone = "UTC", missed = "run-once", input } = options;
    if (jobs.nameOf(job) === undefined) report("runs a job that is not listed under `jobs`");
    if (!policies.includes(missed)) report(`missed must be one of ${policies.join(", ")}${didYouMean(missed, policies)}`);
    const next = readSchedule(expression, timeZone, report);
    crons.push({
      name,
      job,
      missed,
      next,
      schedule: `${expression} ${timeZone}`,
      inputFor: (planned) => (typeof input === "function" ? (input as (planned: Date) => unknown)(planned) : input),
    });
  }
  for (const [name, earlier] of caseTwins(Object.keys(written))) {
    problems.push({ place: `crons.${name}`, message: `the name differs from '${earlier}' in case alone` });
  }
  return crons;
}

function readSchedule(expression: unknown, timeZone: string, report: (message: string) => void): CronDefinition["next"] {
  try {
    Intl.DateTimeFormat("en", { timeZone });
  } catch {
    report(`'${timeZone}' is no time zone; write one such as Europe/Amsterdam`);
    return () => undefined;
  }
  try {
    if (typeof expression !== "string") throw new Error("it is no text");
    const { Cron } = loadCroner();
    const schedule = new Cron(expression, { paused: true, timezone: timeZone, fixedTimeRule: "no-wildcard" });
    if (schedule.nextRun() === null) report(`'${expression}' never comes`);
    return (after) => schedule.nextRun(after) ?? undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    report(`'${String(expression)}' is no cron expression such as "0 8 * * MON": ${words}`);
    return () => undefined;
  }
}

let loaded: typeof croner | undefined;

// Where a back end has none, it costs nothing. Not import(): a definition is read in one go.
function loadCroner(): typeof croner {
  loaded ??= createRequire(import.meta.url)("croner") as typeof croner;
  return loaded;
}
