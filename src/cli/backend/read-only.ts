import type { Connection, TransactionalDatabase } from "#database";

/** A database of which one state is read, and nothing written. */
export function readOnly(connection: Connection): TransactionalDatabase {
  return {
    all: (sql, parameters) => connection.all(sql, parameters),
    get: (sql, parameters) => connection.get(sql, parameters),
    run: (sql, parameters) => connection.run(sql, parameters),
    execute: (sql, parameters) => connection.execute(sql, parameters),
    transaction: () => Promise.reject(new Error("This database is only read.")),
    async snapshot(work) {
      await connection.run("BEGIN", []);
      try {
        return await work(connection);
      } finally {
        await connection.run("ROLLBACK", []);
      }
    },
  };
}
