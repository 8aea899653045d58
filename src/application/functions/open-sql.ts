import { createRequire } from "node:module";
import type * as kysely from "kysely";
import type { CompiledQuery, DatabaseConnection, Driver, Kysely, KyselyPlugin, QueryResult } from "kysely";
import type { Stored } from "#contract";
import type { DataScope } from "./data-scope.ts";

type Scope = Pick<DataScope, "connection" | "writes">;

/** Kysely on a connection of ours. It is loaded at the first use, for most back ends never do, and it is a third of a start. */
export function openSql(scope: Scope, plugins: readonly KyselyPlugin[]): Kysely<unknown> {
  const { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } = loadKysely();
  return new Kysely<unknown>({
    plugins: [...plugins],
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ScopeDriver(scope),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

let loaded: typeof kysely | undefined;

function loadKysely(): typeof kysely {
  // Not import(): `db.asSystem().sql` is a property, and what it gives is no promise.
  loaded ??= createRequire(import.meta.url)("kysely") as typeof kysely;
  return loaded;
}

class ScopeDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(scope: Scope) {
    this.#connection = new ScopeConnection(scope);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<never> {
    throw new Error(
      "A mutation already is one transaction, and its SQL runs in it: leave transaction() away. Outside a mutation SQL only reads.",
    );
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class ScopeConnection implements DatabaseConnection {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { columns, rows, changes } = await this.#execute(sql, parameters.map(toStored));
    const named = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])) as R);
    return { rows: named, ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Rows do not come as a stream here: use execute().");
  }

  async #execute(sql: string, parameters: readonly Stored[]): ReturnType<Scope["connection"]["execute"]> {
    const { connection, writes } = this.#scope;
    try {
      return await connection.execute(sql, parameters);
    } catch (error) {
      if (!writes && error instanceof Error && /read-?only/i.test(error.message)) {
        throw new Error("SQL may only read here: to write, do it in a mutation.", { cause: error });
      }
      throw error;
    }
  }
}

/** What SQLite takes as it is; truths become 0 and 1. */
function toStored(value: unknown): Stored {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint") return value;
  if (value instanceof Uint8Array) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  throw new TypeError(
    `SQL takes texts, numbers, bytes and null; ${typeof value} is none of them. Timestamps and JSON are texts.`,
  );
}
