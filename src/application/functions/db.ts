import type { Kysely } from "kysely";
import type { MutationQuery, MutationResult, ReadQuery, ReadResult } from "../records/query.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { KyselyDatabase, TableName } from "../schema/types.ts";
import type { SystemTableDb, TableDb } from "./table-db.ts";

/** Queries as data: for what the calls of a table cannot say. */
interface DataQueries {
  read(query: ReadQuery): Promise<ReadResult>;
  write(query: MutationQuery): Promise<MutationResult>;
}

interface SystemMethods<S extends AnySchema> extends DataQueries {
  /**
   * SQL of your own, typed by the schema; it knows no rules. In a mutation it runs in its transaction, elsewhere it reads only. Values
   * are as the database holds them: truths 0 and 1, decimals scaled integers, JSON text.
   */
  readonly sql: Kysely<KyselyDatabase<S>>;
}

interface CallerMethods<S extends AnySchema> extends DataQueries {
  /** The same without rules: for what the caller may not do by themselves, once your own code has decided that it is right. */
  asSystem(): SystemDb<S>;
}

/** The tables by name: `db.schools.list(...)`. */
type Tables<S extends AnySchema> = { readonly [T in TableName<S>]: TableDb<S, T> };

type SystemTables<S extends AnySchema> = { readonly [T in TableName<S>]: SystemTableDb<S, T> };

/** The data as the caller may see and change it. */
export type Db<S extends AnySchema> = Tables<S> & CallerMethods<S>;

/** The data without rules. */
export type SystemDb<S extends AnySchema> = SystemTables<S> & SystemMethods<S>;
