import type { StandardSchemaV1 } from "@standard-schema/spec";
import { parseDuration } from "#base";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { caseTwins, nameProblem } from "../schema/names.ts";
import { exponentialBackoff } from "./backoff.ts";
import type { EnqueueableJob, WrittenJob } from "./written-job.ts";

/** A job of a back end, checked: what runs it needs to know. Times are in milliseconds. */
export interface JobDefinition {
  readonly name: string;
  readonly queue: string;
  readonly input: StandardSchemaV1 | undefined;
  readonly maxAttempts: number;
  readonly backoff: (attempt: number) => number;
  readonly priority: number;
  readonly timeLimit: number;
  /** MiB that its thread may use; undefined runs it on the server's loop. */
  readonly heavyMemory: number | undefined;
  /** How long it stays to be seen once it is done; undefined: not at all. */
  readonly keep: number | undefined;
  readonly handler: WrittenJob["handler"];
}

/** The jobs of a back end, by their names and by what was written. */
export interface JobBook {
  readonly byName: ReadonlyMap<string, JobDefinition>;
  readonly nameOf: (job: EnqueueableJob<never>) => string | undefined;
}

const DAY = 86_400_000;
const longest = 30 * DAY;

type Report = (message: string) => void;

export function buildJobs(written: Readonly<Record<string, unknown>>, problems: DefinitionProblem[]): JobBook {
  const byName = new Map<string, JobDefinition>();
  const names = new Map<unknown, string>();
  for (const [name, value] of Object.entries(written)) {
    const report: Report = (message) => void problems.push({ place: `jobs.${name}`, message });
    const message = nameProblem(name);
    if (message !== undefined) report(message);
    const source = sourceOf(value);
    if (source === undefined) {
      report("is no job; write job({ input }, handler) with the job of jobsOf(schema)");
      continue;
    }
    const earlier = names.get(source);
    if (earlier !== undefined) report(`is the same job as '${earlier}': a job has one name`);
    names.set(source, name);
    byName.set(name, readJob(name, source, report));
  }
  for (const [name, earlier] of caseTwins(Object.keys(written))) {
    problems.push({ place: `jobs.${name}`, message: `the name differs from '${earlier}' in case alone` });
  }
  return { byName, nameOf: (job) => names.get((job as Partial<typeof job> | undefined)?.["~job"]) };
}

function sourceOf(value: unknown): WrittenJob | undefined {
  if (typeof value !== "object" || value === null || !("~job" in value)) return undefined;
  return value["~job"] as WrittenJob;
}

function readJob(name: string, { options, handler }: WrittenJob, report: Report): JobDefinition {
  const given: Partial<WrittenJob["options"]> = (options as typeof options | undefined) ?? {};
  const { input, queue = "default", maxAttempts = 20, priority = 0, heavy = false } = given;
  if (typeof handler !== "function") report("has no handler");
  const isSchema = (typeof input === "object" && input !== null) || typeof input === "function";
  if (input !== undefined && !(isSchema && "~standard" in input))
    report("input is no Standard Schema such as z.object({ id: z.string() })");
  if (typeof queue !== "string" || !/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(queue))
    report("queue needs a name of letters, digits, '-' and '_', such as \"mail\"");
  if (!isWhole(maxAttempts, 1, 1000)) report("maxAttempts must be a whole number from 1 to 1000");
  if (!isWhole(priority, -1000, 1000)) report("priority must be a whole number from -1000 to 1000; lower is first");
  const memory = typeof heavy === "object" ? (heavy.memory ?? 256) : 256;
  if (heavy !== false && !isWhole(memory, 16, 65_536)) report("heavy.memory must be a whole number of MiB from 16 to 65536");
  return {
    name,
    queue,
    input,
    maxAttempts,
    priority,
    handler,
    backoff: readBackoff(given.backoff, report),
    timeLimit: readTime("timeLimit", given.timeLimit ?? 15 * 60_000, report),
    heavyMemory: heavy === false ? undefined : memory,
    keep: given.keep === undefined ? undefined : readTime("keep", given.keep, report),
  };
}

function readBackoff(backoff: unknown, report: Report): (attempt: number) => number {
  if (backoff === undefined) return exponentialBackoff;
  if (typeof backoff !== "function") {
    report("backoff must be a function of the attempt, such as (attempt) => attempt * 1000");
    return exponentialBackoff;
  }
  return (attempt) => {
    const given: unknown = (backoff as (attempt: number) => unknown)(attempt);
    const time = typeof given === "string" ? parseDuration(given) : given;
    // What is no time must not make a failing job run without a pause.
    return typeof time === "number" && time >= 0 ? Math.min(time, longest) : exponentialBackoff(attempt);
  };
}

function readTime(name: string, value: number | string, report: Report): number {
  try {
    const time = typeof value === "string" ? parseDuration(value) : value;
    if (typeof time === "number" && time >= 1 && time <= longest * 12) return time;
  } catch {
    // Said below.
  }
  report(`${name} must be a time: milliseconds, or text such as 30s, 15m, 12h or 30d`);
  return DAY;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
