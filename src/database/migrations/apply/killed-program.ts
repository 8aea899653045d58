import { readFileSync } from "node:fs";
import { SqliteConnection } from "../../sqlite/connection.ts";
import { openSqlite } from "../../sqlite/sqlite-database.ts";
import { applyMigration, rollbackMigration } from "./apply-migration.ts";
import type { NamedMigration } from "../written/migration.ts";

/** For tests: applies a migration or rolls it back, and dies without a word before its n-th statement. Prints how many there were. */
const [path = "", file = "", direction = "", at = "0"] = process.argv.slice(2);
const limit = Number(at);
let statements = 0;

function count(): void {
  if (++statements === limit) process.kill(process.pid, "SIGKILL");
}

for (const name of ["run", "rewriteSchema"] as const) {
  const real = Reflect.get(SqliteConnection.prototype, name) as (this: SqliteConnection, ...given: unknown[]) => unknown;
  Reflect.set(SqliteConnection.prototype, name, function (this: SqliteConnection, ...given: readonly unknown[]) {
    count();
    return real.apply(this, [...given]);
  });
}

const database = await openSqlite({ path, readerThreads: 1 });
if (direction === "apply") await applyMigration(database, JSON.parse(readFileSync(file, "utf8")) as NamedMigration);
else await rollbackMigration(database);
await database.close();
process.stdout.write(`${statements}\n`);
