import type { Connection } from "#database";
import { openSqlite, prepareDatabase } from "#database";
import { systemClock } from "#base";
import backend from "../backends/schools/backend.ts";

/** Rows of `schools`, of `reviews` and of each kind of notes. */
export const rowCount = 100_000;
/** The caller of most measurements: one of a thousand who write reviews, and an editor of every second school. */
export const caller = "user-0001";
/** An editor of one school in a hundred. */
export const rareEditor = "user-0002";
const userCount = 1000;

const numbered = (last: number): string =>
  `WITH RECURSIVE numbered(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbered WHERE n < ${last})`;
const userName = (n: string): string => `printf('user-%04d', ${n})`;
/** UUIDs of version 7 grow with time; so do these, each table with a prefix of its own. */
const uuid = (table: number, n: string): string => `printf('0190000${table}-0000-7000-8000-%012x', ${n})`;
const school = (n: string): string => uuid(1, n);
/** Somewhere else for each row, every place taken equally often: 7919 is prime to all of the counts. */
const scattered = (n: string, count: number): string => `(${n} * 7919 % ${count} + 1)`;
const minute = (n: string): string => `strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + 60 * ${n}, 'unixepoch')`;
const stamps = "'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1";

const notes = (table: string, prefix: number): string => `${numbered(rowCount)}
  INSERT INTO ${table} (id, school, title, posted, created, updated, version)
  SELECT ${uuid(prefix, "n")}, ${school(scattered("n", rowCount))}, printf('Note %d of the staff room', n), ${minute("n")}, ${stamps} FROM numbered`;

const editors = (user: string, step: number): string => `${numbered(rowCount / step)}
  INSERT INTO editors (id, user, school, created, updated, version)
  SELECT ${uuid(step === 2 ? 3 : 4, "n")}, '${user}', ${school(`n * ${step}`)}, ${stamps} FROM numbered`;

const statements: readonly string[] = [
  `${numbered(userCount)} INSERT INTO users (id, name, created, updated, version) SELECT ${userName("n")}, printf('User %d', n), ${stamps} FROM numbered`,
  `${numbered(rowCount)} INSERT INTO schools (id, name, domain, country, created, updated, version)
  SELECT ${school("n")}, printf('School %d of the benchmark', n), printf('school-%d.example', n), substr('nldefrgbus', 2 * (n % 5) + 1, 2), ${stamps} FROM numbered`,
  `${numbered(rowCount)} INSERT INTO reviews (id, school, author, stars, body, hidden, posted, created, updated, version)
  SELECT ${uuid(2, "n")}, ${school(scattered("n", rowCount))}, ${userName(scattered("n", userCount))}, 1 + n * 31 % 5,
    printf('Review %d: good teachers, a quiet library, long queues in the canteen, and a bicycle shed that is always full.', n),
    n % 10 = 0, ${minute("n")}, ${stamps} FROM numbered`,
  editors(caller, 2),
  editors(rareEditor, 100),
  notes("notes", 5),
  notes("open_notes", 6),
];

/** The id of the n-th review, from 1. */
export function reviewId(n: number): string {
  return `01900002-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export function schoolId(n: number): string {
  return `01900001-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** When the n-th review was posted. */
export function postedAt(n: number): string {
  return new Date((1_700_000_000 + 60 * n) * 1000).toISOString();
}

/** Makes the tables as Chassis makes them, and the same rows in every run. */
export async function fillSchools(path: string): Promise<void> {
  const database = await openSqlite({ path });
  try {
    await prepareDatabase(database, backend.model, systemClock);
    await database.transaction(
      async (connection: Connection) => {
        for (const statement of statements) await connection.run(statement, []);
        await connection.run("ANALYZE", []);
      },
      { timeLimit: 600_000 },
    );
  } finally {
    await database.close();
  }
}
