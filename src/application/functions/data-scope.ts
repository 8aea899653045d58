import type { Connection } from "#database";
import type { Records } from "../records/records.ts";

/** What a `db` works on. */
export interface DataScope {
  readonly records: Records;
  /** For SQL of one's own. */
  readonly connection: Connection;
  /** Whether `connection` may write: within a transaction. */
  readonly writes: boolean;
}
