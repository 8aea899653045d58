import type { Logger } from "#base";
import type { Connection } from "#database";
import type { DbOpener } from "../../functions/open-db.ts";
import type { RecordStore } from "../../records/record-store.ts";
import type { AuthDefinition } from "../build-auth.ts";
import { markAnonymous } from "./anonymous-table.ts";

/** Told, within the transaction of a sign-in, whose anonymous account somebody leaves behind, and which one they are in from now on. */
export type LeaveAnonymous = (connection: Connection, change: { readonly from: string; readonly to: string }) => Promise<void>;

export interface LeaveOptions {
  readonly definition: AuthDefinition;
  readonly records: RecordStore;
  readonly dbs: DbOpener | undefined;
  readonly logger: Logger;
}

/**
 * Lets the app carry over what somebody saved before they signed in to an account that they have. What it throws keeps nobody from signing in: it is
 * logged, nothing of it is done, and what was saved stays where it is until it is swept.
 */
export function createLeaveAnonymous({ definition, records, dbs, logger }: LeaveOptions): LeaveAnonymous {
  const carryOver = definition.anonymous?.carryOver;
  return async (connection, { from, to }) => {
    if (carryOver === undefined || dbs === undefined) return;
    await connection.run("SAVEPOINT carry_over", []);
    try {
      const db = dbs.openSystem({ records: records.within(connection), connection, writes: true });
      await carryOver({ db, from, to });
      // Nothing is left in it that anybody would come back for.
      await markAnonymous(connection, from, 0);
    } catch (error) {
      await connection.run("ROLLBACK TO carry_over", []);
      logger.error({ err: error, from, to }, "What somebody saved before they signed in could not be carried over.");
    }
    await connection.run("RELEASE carry_over", []);
  };
}
