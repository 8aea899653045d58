import { AppError } from "#contract";
import type { Logger } from "#base";
import { system } from "../../access/caller.ts";
import { insertAccount } from "../account-table.ts";
import type { AuthParts, AuthRequest } from "../auth-parts.ts";
import { insertUser, newAnonymous, readUser } from "../new-user.ts";
import type { GivenSession } from "../sessions.ts";
import { startSession } from "../start-session.ts";
import { dueAnonymous, markAnonymous } from "./anonymous-table.ts";

export interface Anonymous {
  /**
   * An account for somebody who has not signed up, and a session that has proved nothing: so that they can save things. Throws `forbidden` where the
   * back end has none, and what the table `users` says of the row.
   */
  begin(input: { readonly user?: unknown }, request: AuthRequest): Promise<GivenSession>;
  /** Deletes those that nobody has used for the time of the definition, one transaction each; gives how many. */
  sweep(): Promise<number>;
}

/** Accounts that are looked for at once. */
const BATCH = 100;

export function createAnonymous(parts: AuthParts, logger: Logger): Anonymous {
  const { definition, database, records, rates, clock, ids } = parts;
  const { users, anonymous } = definition;

  /** False where a row with `onDelete("restrict")` keeps it: it is looked at again after the same time. */
  async function remove(user: string, keep: number): Promise<boolean> {
    const where = { type: "compare", path: { column: users.key.name, json: [] }, operator: "eq", value: 0 } as const;
    try {
      await records.transaction(async (own, connection) => {
        const now = clock.now();
        // They may have signed up, or come back, since.
        const due = await dueAnonymous(connection, { now, unused: now - keep, limit: 1, user });
        if (due.length === 0) return;
        await own.write({ type: "delete", table: users.name, where, values: [user], form: "json" }, system);
      });
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      logger.warn({ err: error, user }, "An anonymous account that nobody uses could not be removed. Trying again later.");
      await database.transaction((connection) => markAnonymous(connection, user, clock.now() + keep));
      return false;
    }
  }

  return {
    async begin(input, request) {
      if (anonymous === undefined)
        throw new AppError("forbidden", { message: "Nobody can save things here before they sign up." });
      const user = readUser(input.user);
      await rates.take("anonymous", request.caller);
      const id = ids.uuid();
      const { requestId } = request;
      return records.transaction(
        async (own, connection) => {
          const now = clock.now();
          await insertUser(own, { id, user }, newAnonymous(id));
          const account = { user: id, address: null, addressKey: null, verified: false, passwordHash: undefined, roles: [] };
          await insertAccount(connection, account, now);
          await markAnonymous(connection, id, now + anonymous.keep);
          return startSession(parts, connection, { user: id, proofs: ["anonymous"], request });
        },
        { author: { id, system: false, ...(requestId === undefined ? {} : { requestId }) } },
      );
    },

    async sweep() {
      if (anonymous === undefined) return 0;
      const { keep } = anonymous;
      let removed = 0;
      for (;;) {
        const now = clock.now();
        const due = await dueAnonymous(database, { now, unused: now - keep, limit: BATCH });
        if (due.length === 0) return removed;
        for (const user of due) if (await remove(user, keep)) removed++;
      }
    },
  };
}
