import { didYouMean } from "#base";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import type { JobBook } from "./build-jobs.ts";
import type { QueueLimits } from "./queue-gate.ts";

/**
 * The limits of queues, checked: a name that no job has is a mistake, and so is a limit that lets nothing through. `jobs` are those of the back end
 * and of its parts.
 */
export function buildQueues(
  written: Readonly<Record<string, unknown>>,
  jobs: JobBook,
  problems: DefinitionProblem[],
  /** Queues of jobs that the platform's parts bring when it starts. */
  others: Iterable<string> = [],
): ReadonlyMap<string, QueueLimits> {
  const known = new Set([...[...jobs.byName.values()].map(({ queue }) => queue), ...others]);
  const queues = new Map<string, QueueLimits>();
  for (const [name, value] of Object.entries(written)) {
    const report = (message: string): void => void problems.push({ place: `queues.${name}`, message });
    if (!known.has(name)) report(`no job has this queue${didYouMean(name, known)}`);
    if (typeof value !== "object" || value === null) {
      report("needs limits such as { concurrency: 5 }");
      continue;
    }
    const { concurrency, rate, ...others } = value as QueueLimits;
    for (const other of Object.keys(others)) report(`'${other}' is no limit${didYouMean(other, ["concurrency", "rate"])}`);
    if (concurrency !== undefined && !isWhole(concurrency, 1, 10_000))
      report("concurrency must be a whole number from 1 to 10000");
    if (rate !== undefined && !(isWhole(rate.jobs, 1, 1_000_000) && isWhole(rate.per, 1, 86_400_000)))
      report("rate needs whole numbers { jobs: 100, per: 60_000 }: so many jobs in so many milliseconds, a day at most");
    queues.set(name, value);
  }
  return queues;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
