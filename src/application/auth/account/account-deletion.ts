import { type Actor, AppError } from "#contract";
import type { Logger } from "#base";
import { addressKey } from "../../mail/address.ts";
import { setSuspended } from "../account-table.ts";
import { usedLink } from "../auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, linkTo } from "../auth-parts.ts";
import { provedOwner } from "../factors/recent-proof.ts";
import { dropUserTokens, findOneTime, issueOneTime, useOneTime } from "../one-time-tokens.ts";
import { endAuthorizations } from "../provider/authorization-table.ts";
import { endSessions } from "../session-table.ts";
import { endedSession } from "../sessions.ts";
import { blockedDeletion, deleteAccount } from "./delete-account.ts";
import { type DeletionPlan, isLastAdmin, planDeletion } from "./deletion-plan.ts";
import { dropDeletion, dueDeletions, keepDeletion } from "./deletion-table.ts";

export interface AccountDeletion {
  /** What a deletion would do, for the one whose account it is. */
  plan(me: Actor): Promise<DeletionPlan>;
  /**
   * Deletes the account of whoever asks, or says when it will be: `due` in milliseconds since 1970, null where it is done. All that lets them in ends
   * now. Throws `proofRequired`, `stillReferenced`, `stillNeeded` for the last administrator, and `lastOwner` for that of an organisation.
   */
  request(me: Actor, request: AuthRequest): Promise<{ readonly user: string; readonly due: number | null }>;
  /** Throws `usedLink` for a link that keeps no account any more, and uses nothing up. */
  look(input: { readonly token: unknown }): Promise<void>;
  /** Follows the link that keeps the account. It signs nobody in. */
  keep(input: { readonly token: unknown }, request: AuthRequest): Promise<{ readonly user: string }>;
  /** Deletes those whose time has come, one after the other; gives how many. */
  sweep(): Promise<number>;
}

const DAY = 86_400_000;

export function createAccountDeletion(parts: AuthParts, logger: Logger): AccountDeletion {
  const { database, records, accounts, send, clock } = parts;

  async function carryOut(user: string, language: string | undefined): Promise<boolean> {
    return records.transaction(
      async (own, connection) => {
        const isDue = await dropDeletion(connection, user);
        const account = await accounts.find(connection, user);
        if (!isDue || account === undefined) return false;
        await deleteAccount(parts, { records: own, connection }, { account, language });
        return true;
      },
      { author: { id: user, system: false } },
    );
  }

  return {
    plan: (me) =>
      records.snapshot(async (own, connection) => {
        const account = await accounts.find(connection, me.id);
        if (account === undefined || me.session === undefined) throw endedSession();
        return planDeletion(parts, { connection, records: own, account, me });
      }),

    async request(me, request) {
      await countAttempt(parts, request);
      const { language, requestId } = request;
      return records.transaction(
        async (own, connection) => {
          const account = await provedOwner(parts, connection, me);
          if (await isLastAdmin(parts, connection, account))
            throw new AppError("stillNeeded", {
              message: "This is the account of the last administrator: give somebody else the role first.",
            });
          const { user, address } = account;
          const plan = await planDeletion(parts, { connection, records: own, account, me });
          if (plan.blockedBy.length > 0 || plan.blockedUnseen) throw blockedDeletion(plan.blockedBy);
          // Else they would be shut out for a week, and not deleted after it.
          if (plan.lastOwnerOf.length > 0)
            throw new AppError("lastOwner", {
              details: plan.lastOwnerOf.map(({ organisation, name }) => name ?? organisation).join(", "),
            });
          if (plan.delay === 0 || address === null) {
            await deleteAccount(parts, { records: own, connection }, { account, language });
            return { user, due: null };
          }
          const now = clock.now();
          const due = now + plan.delay;
          await setSuspended(connection, user, now);
          await endSessions(connection, user);
          await endAuthorizations(connection, user);
          await dropUserTokens(connection, user);
          await keepDeletion(connection, { user, due, language });
          const token = { purpose: "keep", user, addressKey: addressKey(address), data: null, now } as const;
          const link = linkTo(parts, "keep", await issueOneTime(connection, token));
          const message = { type: "deletionAsked", link, left: String(Math.round(plan.delay / DAY)) } as const;
          await send(connection, { to: address, language, message });
          return { user, due };
        },
        { author: { id: me.id, system: false, ...(requestId === undefined ? {} : { requestId }) } },
      );
    },

    async look({ token }) {
      if ((await findOneTime(database, token, { purpose: "keep", now: clock.now() })) === undefined) throw usedLink();
    },

    async keep({ token }, request) {
      await countAttempt(parts, request);
      return database.transaction(async (connection) => {
        const used = await useOneTime(connection, token, { purpose: "keep", now: clock.now() });
        // Whoever runs the server may have suspended them meanwhile, which a link does not undo: that has taken it away.
        if (used?.user === undefined || used.user === null || !(await dropDeletion(connection, used.user))) throw usedLink();
        await setSuspended(connection, used.user, undefined);
        return { user: used.user };
      });
    },

    async sweep() {
      let deleted = 0;
      const due = await dueDeletions(database, { now: clock.now(), limit: 100 });
      for (const { user, language } of due) {
        try {
          if (await carryOut(user, language)) deleted++;
        } catch (error) {
          logger.warn({ err: error, user }, "An account that is to be deleted could not be. Trying again in a day.");
          await database.transaction((connection) => keepDeletion(connection, { user, due: clock.now() + DAY, language }));
        }
      }
      return deleted;
    },
  };
}
