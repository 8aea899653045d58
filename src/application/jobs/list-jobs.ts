import type { Json, Stored } from "#contract";
import type { Connection } from "#database";
import { hasJobTables, type JobState, pausedQueues, TABLE, textOrNull } from "./job-table.ts";

/** What can be seen of a job. */
export interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly queue: string;
  readonly state: JobState;
  readonly input: Json;
  readonly priority: number;
  /** ISO 8601, UTC. */
  readonly runAt: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly uniqueKey: string | null;
  readonly progress: Json;
  readonly error: string | null;
  readonly created: string;
  readonly finished: string | null;
}

const shown =
  "id, name, queue, state, input, priority, run_at, attempt, max_attempts, unique_key, progress, error, created, finished";

/** Which jobs are listed: those that fit everything that is said. */
export interface JobFilter {
  readonly state?: JobState;
  readonly name?: string;
  readonly queue?: string;
  /** Only those with a lower id: for pages, newest first. */
  readonly before?: number;
  /** Default 50. */
  readonly limit?: number;
}

/** Jobs, newest first. Of a database that has had no jobs yet there are none. */
export async function listJobs(connection: Connection, filter: JobFilter = {}): Promise<readonly JobRow[]> {
  if (!(await hasJobTables(connection))) return [];
  const { state, name, queue, before, limit = 50 } = filter;
  const wanted: readonly (readonly [string, Stored | undefined])[] = [
    ["state = ?", state],
    ["name = ?", name],
    ["queue = ?", queue],
    ["id < ?", before],
  ];
  const given = wanted.filter(([, value]) => value !== undefined);
  // So that those few among millions that wait are found by an index.
  if (state === "done" || state === "failed" || state === "cancelled") given.push(["finished IS NOT NULL", undefined]);
  const where = given.length === 0 ? "" : `WHERE ${given.map(([condition]) => condition).join(" AND ")}`;
  const rows = await connection.all(`SELECT ${shown} FROM ${TABLE} ${where} ORDER BY id DESC LIMIT CAST(? AS INTEGER)`, [
    ...given.flatMap(([, value]) => value ?? []),
    limit,
  ]);
  return rows.map(readJob);
}

export async function findJob(connection: Connection, id: number): Promise<JobRow | undefined> {
  if (!(await hasJobTables(connection))) return undefined;
  const row = await connection.get(`SELECT ${shown} FROM ${TABLE} WHERE id = ?`, [id]);
  return row === undefined ? undefined : readJob(row);
}

/** How many jobs of a queue stand where. */
export interface QueueCounts {
  readonly queue: string;
  readonly paused: boolean;
  readonly states: Readonly<Partial<Record<JobState, number>>>;
}

/** How many jobs stand where, by queue. Reads the whole table, about a second for a million: for people, not for the worker. */
export async function countJobs(connection: Connection): Promise<readonly QueueCounts[]> {
  if (!(await hasJobTables(connection))) return [];
  const rows = await connection.all(`SELECT queue, state, count(*) FROM ${TABLE} GROUP BY queue, state`, []);
  const paused = new Set(await pausedQueues(connection));
  const queues = new Map<string, Partial<Record<JobState, number>>>([...paused].map((name) => [name, {}]));
  for (const [queue, state, count] of rows) {
    const states = queues.get(String(queue)) ?? {};
    states[String(state) as JobState] = Number(count);
    queues.set(String(queue), states);
  }
  return [...queues].map(([queue, states]) => ({ queue, paused: paused.has(queue), states }));
}

function readJob(row: readonly Stored[]): JobRow {
  const [id, name, queue, state, input, priority, runAt, attempt, maxAttempts, uniqueKey, progress, error, created, finished] =
    row;
  const moment = (value: Stored | undefined): string => new Date(Number(value)).toISOString();
  const json = (value: Stored | undefined): Json => (typeof value === "string" ? (JSON.parse(value) as Json) : null);
  return {
    id: Number(id),
    name: String(name),
    queue: String(queue),
    state: String(state) as JobState,
    input: json(input),
    priority: Number(priority),
    runAt: moment(runAt),
    attempt: Number(attempt),
    maxAttempts: Number(maxAttempts),
    uniqueKey: textOrNull(uniqueKey),
    progress: json(progress),
    error: textOrNull(error),
    created: moment(created),
    finished: finished === null || finished === undefined ? null : moment(finished),
  };
}
