import type { Clock } from "#base";
import type { BeforeCommitListener, Table } from "#database";
import { endUsers } from "./account-table.ts";

/**
 * Takes away, with every row of `users` that goes for good, what lets its user in: whoever deletes it and how, in the same transaction. What is
 * deleted and kept (`softDelete`) is asked for whenever somebody comes.
 */
export function userEndListener(users: Table, clock: Clock): BeforeCommitListener {
  return {
    tables: [users.name],
    async beforeCommit(changes, connection) {
      const gone = changes.flatMap((change) =>
        change.table === users.name && change.type === "delete" ? [String(change.before[users.key.name])] : [],
      );
      await endUsers(connection, gone, clock.now());
    },
  };
}
