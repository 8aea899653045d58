import { systemClock } from "#base";
import { openSqlite, prepareDatabase } from "#database";
import backend from "../backends/pages/backend.ts";

/** Rows of the small table; the large one's are an option of the run. */
export const fewRows = 10_000;
/** So that no transaction, and with it the WAL, grows beyond measure. */
const BATCH = 500_000;

/** The name of the n-th row by name, from 1. */
export function nameOf(n: number): string {
  return `row-${String(n).padStart(9, "0")}`;
}

/** Makes the tables as Chassis makes them and fills them by SQL. */
export async function fillPages(path: string, manyRows: number): Promise<void> {
  const database = await openSqlite({ path });
  const fill = async (table: string, rows: number): Promise<void> => {
    for (let first = 1; first <= rows; first += BATCH) {
      const last = Math.min(rows, first + BATCH - 1);
      await database.transaction(
        async (connection) => {
          await connection.run(
            `WITH RECURSIVE numbered(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbered WHERE n < ${last})
          INSERT INTO ${table} (id, name, created, updated, version)
          SELECT n, printf('row-%09d', n), '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1 FROM numbered`,
            [],
          );
        },
        { timeLimit: 600_000 },
      );
    }
  };
  try {
    await prepareDatabase(database, backend.model, systemClock);
    await fill("few", fewRows);
    await fill("many", manyRows);
  } finally {
    await database.close();
  }
}
