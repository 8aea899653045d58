import type { MutationQuery, MutationResult, ReadQuery, ReadResult } from "../records/query.ts";
import type { AnySchema } from "../schema/schema.ts";

/** The data without rules. */
export interface SystemDb<S extends AnySchema> {
  /** Queries as data. */
  read(query: ReadQuery): Promise<ReadResult>;
  write(query: MutationQuery): Promise<MutationResult>;
  readonly "~schema"?: S;
}

/** The data as the caller may see and change it. */
export interface Db<S extends AnySchema> extends SystemDb<S> {
  /** The same without rules: for what the caller may not do by themselves, once your own code has decided that it is right. */
  asSystem(): SystemDb<S>;
}
