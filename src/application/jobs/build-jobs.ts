import type { StandardSchemaV1 } from "@standard-schema/spec";
import { parseDuration } from "#base";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import type { Seal } from "../records/seal.ts";
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
  /** How long it stays to be seen once it is done; undefined: not at all. */
  readonly keep: number | undefined;
  /** Opens what is kept of its input where that was closed. */
  readonly seal?: Seal;
  /** Its input is closed by `seal` while it is kept: whoever has the database, or a backup, reads nothing there. */
  readonly isSealed?: boolean;
  /** Runs in a thread that may use so many MiB. */
  readonly heavy: { readonly memory: number } | undefined;
  /** Undefined until the part of the platform that runs it has bound it. */
  readonly handler: WrittenJob["handler"];
}

/** Jobs, by their names and by what was written. */
export interface JobBook {
  readonly byName: ReadonlyMap<string, JobDefinition>;
  readonly nameOf: (job: EnqueueableJob<never>) => string | undefined;
}

const DAY = 86_400_000;
const longest = 30 * DAY;
/** A timer of Node's that is to wait longer does not wait at all. */
const MAX_TIMER = 2 ** 31 - 1;

type Report = (message: string) => void;

/** Where jobs were written, and how that shows in their names. By default the back end's `jobs`, whose names are their keys. */
export interface JobSource {
  readonly place: string;
  /** What stands before their keys, with its dot: `mail.`. They may leave their handlers to a part of the platform. */
  readonly prefix: string;
  /** How to write one, for where something else is found. */
  readonly example: string;
}

const usual: JobSource = {
  place: "jobs",
  prefix: "",
  example: "is no job; write job({ input }, handler) with the job of jobsOf(schema)",
};

export function buildJobs(
  written: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
  { place, prefix, example }: JobSource = usual,
): JobBook {
  const byName = new Map<string, JobDefinition>();
  const names = new Map<unknown, string>();
  for (const [key, value] of Object.entries(written)) {
    const report: Report = (message) => void problems.push({ place: `${place}.${key}`, message });
    const message = nameProblem(key);
    if (message !== undefined) report(message);
    const source = sourceOf(value);
    if (source === undefined) {
      report(example);
      continue;
    }
    const name = `${prefix}${key}`;
    const earlier = names.get(source);
    if (earlier !== undefined) report(`is the same as '${earlier}': a job has one name`);
    names.set(source, name);
    if (prefix === "" && typeof source.handler !== "function") report("has no handler");
    byName.set(name, readJob(name, source, report));
  }
  for (const [key, earlier] of caseTwins(Object.keys(written))) {
    problems.push({ place: `${place}.${key}`, message: `the name differs from '${earlier}' in case alone` });
  }
  return { byName, nameOf: (job) => names.get((job as Partial<typeof job> | undefined)?.["~job"]) };
}

/** The jobs of several sources as one book. Their prefixes keep their names apart. */
export function combineJobs(...books: readonly JobBook[]): JobBook {
  return {
    byName: new Map(books.flatMap(({ byName }) => [...byName])),
    nameOf(job) {
      for (const book of books) {
        const name = book.nameOf(job);
        if (name !== undefined) return name;
      }
      return undefined;
    },
  };
}

function sourceOf(value: unknown): WrittenJob | undefined {
  if (typeof value !== "object" || value === null || !("~job" in value)) return undefined;
  const source = value["~job"] as WrittenJob;
  return typeof (source.options as unknown) === "object" ? source : undefined;
}

/** A job from what was written of it. `report` hears of each mistake. */
export function readJob(name: string, { options, handler }: WrittenJob, report: Report): JobDefinition {
  const { input, queue = options.heavy ? "heavy" : "default", maxAttempts = 20, priority = 0 } = options;
  const isSchema = (typeof input === "object" && input !== null) || typeof input === "function";
  if (input !== undefined && !(isSchema && "~standard" in input))
    report("input is no Standard Schema such as z.object({ id: z.string() })");
  if (typeof queue !== "string" || !/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(queue))
    report("queue needs a name of letters, digits, '-' and '_', such as \"mail\"");
  if (!isWhole(maxAttempts, 1, 1000)) report("maxAttempts must be a whole number from 1 to 1000");
  if (!isWhole(priority, -1000, 1000)) report("priority must be a whole number from -1000 to 1000; lower is first");
  return {
    name,
    queue,
    input,
    maxAttempts,
    priority,
    handler,
    backoff: readBackoff(options.backoff, report),
    timeLimit: readTimeLimit(options.timeLimit ?? 15 * 60_000, report),
    heavy: readHeavy(options.heavy, report),
    keep: options.keep === undefined ? undefined : readTime("keep", options.keep, report),
  };
}

function readHeavy(heavy: unknown, report: Report): JobDefinition["heavy"] {
  if (heavy === undefined || heavy === false) return undefined;
  if (heavy === true) return { memory: MEMORY };
  const { memory = MEMORY, ...others } = (typeof heavy === "object" ? heavy : { heavy }) as { readonly memory?: number };
  for (const other of Object.keys(others)) report(`heavy is true or { memory: ${MEMORY} }; it has no '${other}'`);
  if (!isWhole(memory, 64, 65_536)) report("memory must be a whole number of MiB from 64 to 65536");
  return { memory };
}

/** MiB of a heavy job. */
const MEMORY = 256;

function readBackoff(backoff: unknown, report: Report): (attempt: number) => number {
  if (backoff === undefined) return exponentialBackoff;
  if (typeof backoff !== "function") {
    report("backoff must be a function of the attempt, such as (attempt) => attempt * 1000");
    return exponentialBackoff;
  }
  return (attempt) => {
    try {
      const given: unknown = (backoff as (attempt: number) => unknown)(attempt);
      const time = typeof given === "string" ? parseDuration(given) : given;
      if (typeof time === "number" && time >= 0) return Math.min(Math.round(time), longest);
    } catch {
      // As below.
    }
    // What is no time must not make a failing job run without a pause.
    return exponentialBackoff(attempt);
  };
}

function readTimeLimit(value: number | string, report: Report): number {
  const time = readTime("timeLimit", value, report);
  if (time > MAX_TIMER) report("timeLimit may be 24 days at most");
  return Math.min(time, MAX_TIMER);
}

function readTime(name: string, value: number | string, report: Report): number {
  try {
    const time = typeof value === "string" ? parseDuration(value) : value;
    if (typeof time === "number" && time >= 1 && time <= longest * 12) return Math.round(time);
  } catch {
    // Said below.
  }
  report(`${name} must be a time: milliseconds, or text such as 30s, 15m, 12h or 30d`);
  return DAY;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
