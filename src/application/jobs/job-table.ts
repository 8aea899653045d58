import type { Stored } from "#contract";
import type { Connection } from "#database";
import { mendJobTable } from "./mend-job-table.ts";

/** Where a job stands: `behind` is what waits for the one of its key that runs. One that is done is gone, or `done` for as long as its `keep` says. */
export const jobStates = ["scheduled", "ready", "running", "behind", "done", "failed", "cancelled"] as const;
/** Where a job stands: `"scheduled"` for later, `"ready"` to be run, `"running"`, `"behind"` one of its key that runs, `"done"`, `"failed"` for good, or `"cancelled"`. */
export type JobState = (typeof jobStates)[number];

export interface NewJob {
  readonly name: string;
  readonly queue: string;
  /** JSON text. */
  readonly input: string | null;
  readonly priority: number;
  /** Milliseconds since 1970. */
  readonly runAt: number;
  readonly maxAttempts: number;
  readonly uniqueKey: string | null;
  /** It is about what may have happened after the one of its key began: where that runs, this one waits behind it, and runs when that has ended. */
  readonly follows?: boolean;
}

/** A job that was claimed. */
export interface ClaimedJob {
  readonly id: number;
  readonly name: string;
  readonly input: string | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** When it was enqueued, in milliseconds since 1970. */
  readonly created: number;
  /** JSON text: what each step gave. */
  readonly steps: string | null;
}

export const TABLE = "_chassis_jobs";
const QUEUES = "_chassis_queues";

const definition = `(
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, queue TEXT NOT NULL, input TEXT,
      state TEXT NOT NULL CHECK (state IN ('scheduled', 'ready', 'running', 'behind', 'done', 'failed', 'cancelled')),
      priority INTEGER NOT NULL, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL,
      unique_key TEXT, owner TEXT, lease_until INTEGER, steps TEXT, progress TEXT, error TEXT, created INTEGER NOT NULL,
      finished INTEGER, forget_at INTEGER) STRICT`;

/**
 * The jobs of a database. `scheduled` jobs wait for their time and are made `ready` when it has come, so that what is ready is found in
 * the order in which it is to run however many wait. All statements are plain SQL over one table. A table of an
 * earlier build is rebuilt.
 */
export async function createJobTables(connection: Connection): Promise<void> {
  await mendJobTable(connection, { name: TABLE, definition, mark: "'behind'" });
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${TABLE} ${definition}`,
    `CREATE INDEX IF NOT EXISTS ${TABLE}_ready ON ${TABLE} (queue, priority, id) WHERE state = 'ready'`,
    `CREATE INDEX IF NOT EXISTS ${TABLE}_scheduled ON ${TABLE} (run_at) WHERE state = 'scheduled'`,
    `CREATE INDEX IF NOT EXISTS ${TABLE}_running ON ${TABLE} (lease_until) WHERE state = 'running'`,
    `CREATE INDEX IF NOT EXISTS ${TABLE}_finished ON ${TABLE} (state, finished) WHERE finished IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS ${TABLE}_forget ON ${TABLE} (forget_at) WHERE forget_at IS NOT NULL`,
    `CREATE UNIQUE INDEX IF NOT EXISTS ${TABLE}_unique ON ${TABLE} (name, unique_key)
      WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'running')`,
    `CREATE UNIQUE INDEX IF NOT EXISTS ${TABLE}_behind ON ${TABLE} (name, unique_key) WHERE state = 'behind'`,
    `CREATE TABLE IF NOT EXISTS ${QUEUES} (name TEXT NOT NULL PRIMARY KEY, paused INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** Whether there are jobs here: a database may be older than the first job of its back end. */
export async function hasJobTables(connection: Connection): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [QUEUES])) !== undefined;
}

/** The id of the new job, or of the one with its unique key that waits or runs already. */
export async function insertJob(connection: Connection, job: NewJob, now: number): Promise<{ id: number; isNew: boolean }> {
  const { name, queue, input, priority, runAt, maxAttempts, uniqueKey, follows = false } = job;
  let state: JobState = runAt > now ? "scheduled" : "ready";
  if (uniqueKey !== null) {
    const there = await findUniqueHolder(connection, { name, uniqueKey, not: 0 });
    if (there !== undefined) {
      if (!follows) return { id: there.id, isNew: false };
      if (there.state !== "running") {
        // What its steps gave in an earlier attempt is of before this change.
        await connection.run(`UPDATE ${TABLE} SET steps = NULL WHERE id = ? AND steps IS NOT NULL`, [there.id]);
        return { id: there.id, isNew: false };
      }
      const behind = await findBehind(connection, name, uniqueKey);
      if (behind !== undefined) return { id: behind, isNew: false };
      state = "behind";
    }
  }
  const row = await connection.get(
    `INSERT INTO ${TABLE} (name, queue, input, state, priority, run_at, max_attempts, unique_key, created)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    [name, queue, input, state, priority, runAt, maxAttempts, uniqueKey, now],
  );
  return { id: Number(row?.[0]), isNew: true };
}

/** The job that waits or runs under a unique key. */
export async function findUniqueHolder(
  connection: Connection,
  { name, uniqueKey, not }: { readonly name: string; readonly uniqueKey: string; readonly not: number },
): Promise<{ readonly id: number; readonly state: JobState } | undefined> {
  const row = await connection.get(
    `SELECT id, state FROM ${TABLE} WHERE name = ? AND unique_key = ? AND state IN ('scheduled', 'ready', 'running') AND id <> ?`,
    [name, uniqueKey, not],
  );
  return row === undefined ? undefined : { id: Number(row[0]), state: String(row[1]) as JobState };
}

async function findBehind(connection: Connection, name: string, uniqueKey: string): Promise<number | undefined> {
  const row = await connection.get(`SELECT id FROM ${TABLE} WHERE name = ? AND unique_key = ? AND state = 'behind'`, [
    name,
    uniqueKey,
  ]);
  return row === undefined ? undefined : Number(row[0]);
}

/** Makes ready what has come of time, at most `limit` of it, and gives the number. */
export function promoteDue(connection: Connection, now: number, limit: number): Promise<number> {
  return connection.run(
    `UPDATE ${TABLE} SET state = 'ready' WHERE id IN
      (SELECT id FROM ${TABLE} WHERE state = 'scheduled' AND run_at <= ? ORDER BY run_at LIMIT CAST(? AS INTEGER))`,
    [now, limit],
  );
}

/** When the next scheduled job is due; undefined where none is. */
export async function nextDue(connection: Pick<Connection, "get">): Promise<number | undefined> {
  const row = await connection.get(`SELECT run_at FROM ${TABLE} WHERE state = 'scheduled' ORDER BY run_at LIMIT 1`, []);
  return row === undefined ? undefined : Number(row[0]);
}

export interface Claim {
  readonly queue: string;
  readonly owner: string;
  readonly limit: number;
  readonly leaseUntil: number;
}

/** Takes jobs of a queue that are ready, unless it is paused: those of the lowest priority number and longest wait first. */
export async function claimJobs(
  connection: Connection,
  { queue, owner, limit, leaseUntil }: Claim,
): Promise<readonly ClaimedJob[]> {
  const rows = await connection.all(
    `UPDATE ${TABLE} SET state = 'running', owner = ?, lease_until = ?, attempt = attempt + 1 WHERE id IN
      (SELECT id FROM ${TABLE} WHERE state = 'ready' AND queue = ? AND NOT EXISTS (SELECT 1 FROM ${QUEUES} WHERE name = ? AND paused = 1)
        ORDER BY priority, id LIMIT CAST(? AS INTEGER))
      RETURNING id, name, input, attempt, max_attempts, steps, priority, created`,
    [owner, leaseUntil, queue, queue, limit],
  );
  return rows
    .toSorted((left, right) => Number(left[6]) - Number(right[6]) || Number(left[0]) - Number(right[0]))
    .map(([id, name, input, attempt, maxAttempts, steps, , created]) => ({
      id: Number(id),
      name: String(name),
      input: textOrNull(input),
      attempt: Number(attempt),
      maxAttempts: Number(maxAttempts),
      created: Number(created),
      steps: textOrNull(steps),
    }));
}

/** The queues that have something ready and are not paused. */
export async function readyQueues(connection: Pick<Connection, "all">): Promise<readonly string[]> {
  // One look into the index for each queue, however many jobs each has.
  const rows = await connection.all(
    `WITH RECURSIVE found(queue) AS (
        SELECT min(queue) FROM ${TABLE} WHERE state = 'ready'
        UNION ALL
        SELECT (SELECT min(queue) FROM ${TABLE} WHERE state = 'ready' AND queue > found.queue) FROM found WHERE found.queue IS NOT NULL)
      SELECT queue FROM found WHERE queue IS NOT NULL AND queue NOT IN (SELECT name FROM ${QUEUES} WHERE paused = 1)`,
    [],
  );
  return rows.map(([queue]) => String(queue));
}

const listed = "(SELECT value FROM json_each(?))";

export interface Finished {
  readonly id: number;
  /** Until when it stays to be seen; undefined: it goes at once. */
  readonly forgetAt: number | undefined;
}

/** One job that is done, as `finishJobs` does it. False where this owner holds it no more. */
export async function finishJob(
  connection: Connection,
  owner: string,
  { id, forgetAt }: Finished,
  now: number,
): Promise<boolean> {
  const changed =
    forgetAt === undefined
      ? await connection.run(`DELETE FROM ${TABLE} WHERE id = ? AND owner = ?`, [id, owner])
      : await connection.run(
          `UPDATE ${TABLE} SET state = 'done', owner = NULL, lease_until = NULL, error = NULL, finished = ?, forget_at = ? WHERE id = ? AND owner = ?`,
          [now, forgetAt, id, owner],
        );
  return changed > 0;
}

/** Jobs that are done go, but for those to be kept until some time. Only what this owner still holds. */
export async function finishJobs(connection: Connection, owner: string, done: readonly Finished[], now: number): Promise<void> {
  const gone = done.filter(({ forgetAt }) => forgetAt === undefined).map(({ id }) => id);
  if (gone.length > 0)
    await connection.run(`DELETE FROM ${TABLE} WHERE id IN ${listed} AND owner = ?`, [JSON.stringify(gone), owner]);
  for (const each of done) if (each.forgetAt !== undefined) await finishJob(connection, owner, each, now);
}

export interface Failure {
  readonly id: number;
  /** Undefined leaves what an earlier attempt said. */
  readonly error: string | undefined;
  /** When to try again; undefined sets it aside. */
  readonly retryAt: number | undefined;
  /** The attempt does not count: the server stopped in its middle, say. */
  readonly uncounted?: boolean;
}

/** What failed waits for its next attempt, or is set aside. Only what this owner still holds. */
export async function failJobs(connection: Connection, owner: string, failures: readonly Failure[], now: number): Promise<void> {
  for (const { id, error, retryAt, uncounted } of failures) {
    const state = retryAt === undefined ? "failed" : retryAt > now ? "scheduled" : "ready";
    await connection.run(
      `UPDATE ${TABLE} SET state = ?, run_at = coalesce(?, run_at), error = coalesce(?, error), attempt = attempt - ?, finished = ?, owner = NULL, lease_until = NULL
        WHERE id = ? AND owner = ?`,
      [state, retryAt ?? null, error ?? null, uncounted === true ? 1 : 0, state === "failed" ? now : null, id, owner],
    );
  }
}

/** Prolongs the leases of what runs; gives those among them that are this owner's no more: cancelled, say. */
export async function renewLeases(
  connection: Connection,
  owner: string,
  ids: readonly number[],
  leaseUntil: number,
): Promise<readonly number[]> {
  const rows = await connection.all(
    `UPDATE ${TABLE} SET lease_until = ? WHERE id IN ${listed} AND owner = ? AND state = 'running' RETURNING id`,
    [leaseUntil, JSON.stringify(ids), owner],
  );
  const held = new Set(rows.map(([id]) => Number(id)));
  return ids.filter((id) => !held.has(id));
}

/** Whether a lease is over. */
export async function hasExpired(connection: Pick<Connection, "get">, now: number): Promise<boolean> {
  return (
    (await connection.get(`SELECT 1 FROM ${TABLE} WHERE state = 'running' AND lease_until < ? LIMIT 1`, [now])) !== undefined
  );
}

/** How often a job's process may end under it beyond its attempts: then it is taken for what kills its process. */
const CRASHES = 2;

export interface Rescue {
  readonly owner: string;
  readonly now: number;
  /** `all others`: whatever their leases say, where nobody else can be there. Else those whose lease is over. */
  readonly of: "all others" | "others" | "anybody";
  readonly sparing: readonly number[];
}

/**
 * Gives back what nobody works on any more. What has used up its attempts, and a few more, is set aside, for it may be what kills its
 * process. Not sooner: an attempt is counted when it is claimed, so that the process may have died before it began.
 */
export function rescueJobs(connection: Connection, { owner, now, of, sparing }: Rescue): Promise<number> {
  const conditions = {
    "all others": "(owner <> ?1 OR lease_until < ?2)",
    others: "owner <> ?1 AND lease_until < ?2",
    anybody: "lease_until < ?2 AND ?1 IS NOT NULL",
  };
  return connection.run(
    `UPDATE ${TABLE} SET owner = NULL, lease_until = NULL,
        state = CASE WHEN attempt >= max_attempts + ${CRASHES} THEN 'failed' ELSE 'ready' END,
        finished = CASE WHEN attempt >= max_attempts + ${CRASHES} THEN ?2 END,
        error = 'The process that ran it ended before it did.'
      WHERE state = 'running' AND ${conditions[of]} AND id NOT IN (SELECT value FROM json_each(?3))`,
    [owner, now, JSON.stringify(sparing)],
  );
}

/** Milliseconds that jobs stay which have ended without being done. */
export interface Keeping {
  readonly failed: number;
  readonly cancelled: number;
}

/** What has been kept for its time: those that are done by a time of their own, the others by when they ended. Each is found by an index. */
const forgettable = [
  `SELECT id FROM ${TABLE} WHERE forget_at <= ?`,
  `SELECT id FROM ${TABLE} WHERE state = 'failed' AND finished <= ?`,
  `SELECT id FROM ${TABLE} WHERE state = 'cancelled' AND finished <= ?`,
];

export async function hasForgettable(connection: Pick<Connection, "get">, now: number, keeping: Keeping): Promise<boolean> {
  const any = forgettable.map((ids) => `EXISTS (${ids})`).join(" OR ");
  return (await connection.get(`SELECT 1 WHERE ${any}`, lastMoments(now, keeping))) !== undefined;
}

/** Forgets what was to be kept until now, at most `limit` of it, and gives the number. */
export function forgetJobs(
  connection: Connection,
  { now, keeping, limit }: { readonly now: number; readonly keeping: Keeping; readonly limit: number },
): Promise<number> {
  return connection.run(
    `DELETE FROM ${TABLE} WHERE id IN (SELECT id FROM (${forgettable.join(" UNION ALL ")}) AS ended LIMIT CAST(? AS INTEGER))`,
    [...lastMoments(now, keeping), limit],
  );
}

function lastMoments(now: number, { failed, cancelled }: Keeping): readonly number[] {
  return [now, now - failed, now - cancelled];
}

export async function keepStep(connection: Connection, owner: string, id: number, steps: string): Promise<boolean> {
  return (await connection.run(`UPDATE ${TABLE} SET steps = ? WHERE id = ? AND owner = ?`, [steps, id, owner])) > 0;
}

export async function keepProgress(connection: Connection, owner: string, id: number, progress: string): Promise<void> {
  await connection.run(`UPDATE ${TABLE} SET progress = ? WHERE id = ? AND owner = ?`, [progress, id, owner]);
}

/**
 * Makes ready again, with all of its attempts, what failed, was cancelled, is done or waits for its time. False where it runs or is not
 * there. What failed goes on after the steps that it has done; what was done begins anew.
 */
export async function retryJob(connection: Connection, id: number, now: number): Promise<boolean> {
  const changed = await connection.run(
    `UPDATE ${TABLE} SET state = 'ready', run_at = ?, attempt = 0, finished = NULL, forget_at = NULL,
      steps = CASE WHEN state = 'done' THEN NULL ELSE steps END, progress = NULL
      WHERE id = ? AND state IN ('failed', 'cancelled', 'done', 'scheduled')`,
    [now, id],
  );
  return changed > 0;
}

/** Ends a job that waits; one that runs is told to stop with the next heartbeat. False where it has ended or is not there. */
export async function cancelJob(connection: Connection, id: number, now: number): Promise<boolean> {
  const changed = await connection.run(
    `UPDATE ${TABLE} SET state = 'cancelled', finished = ?, owner = NULL, lease_until = NULL WHERE id = ? AND state IN ('scheduled', 'ready', 'running', 'behind')`,
    [now, id],
  );
  return changed > 0;
}

/** The names of the queues that are paused. */
export async function pausedQueues(connection: Pick<Connection, "all">): Promise<readonly string[]> {
  return (await connection.all(`SELECT name FROM ${QUEUES} WHERE paused = 1`, [])).map(([name]) => String(name));
}

/** No job of a queue that is paused is begun. */
export async function pauseQueue(connection: Connection, queue: string, paused: boolean): Promise<void> {
  await connection.run(
    `INSERT INTO ${QUEUES} (name, paused) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET paused = excluded.paused`,
    [queue, paused ? 1 : 0],
  );
}

/** Of a column of text. */
export function textOrNull(value: Stored | undefined): string | null {
  return typeof value === "string" ? value : null;
}
