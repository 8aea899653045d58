import { AppError, type Actor } from "#contract";
import type { Connection } from "#database";
import type { Account } from "../account-table.ts";
import { type AuthParts, type AuthRequest, countAttempt, linkTo } from "../auth-parts.ts";
import { anyRecoveryHash, countFactors, keepRecoveryCodes, useRecoveryHash } from "./factor-tables.ts";
import { tellOwner } from "./factor-owner.ts";
import { demandsFactor } from "./pending-sign-in.ts";
import { recentlyProved } from "./recent-proof.ts";
import { newRecoveryCodes, readRecoveryCode } from "./recovery-code.ts";

/** For whoever has lost their second factor: each is good in its place, once. */
export interface RecoveryCodes {
  /** A set, and how it is kept. It takes a processor for a few tenths of a second. */
  make(signal?: AbortSignal): Promise<{ readonly codes: readonly string[]; readonly hashes: readonly string[] }>;
  /** Others in the place of all from before. Throws `proofRequired`, and `notFound` where no second factor is asked for. */
  renew(me: Actor, request: AuthRequest): Promise<readonly string[]>;
  /** What to look for of a code that was given; undefined where it can be none. To be called before the transaction: it takes a while. */
  hash(user: string, given: unknown, signal?: AbortSignal): Promise<string | undefined>;
  /** Uses the code of that hash up, and tells its owner. False where there is none. */
  use(connection: Connection, account: Account, hash: string, request: AuthRequest): Promise<boolean>;
}

export function createRecoveryCodes(parts: AuthParts): RecoveryCodes {
  const { database, passwords, send } = parts;
  const make: RecoveryCodes["make"] = async (signal) => {
    const codes = newRecoveryCodes();
    const hashes = await passwords.hashSet(
      codes.map((code) => readRecoveryCode(code) ?? ""),
      signal,
    );
    return { codes, hashes };
  };
  return {
    make,

    async renew(me, request) {
      await countAttempt(parts, request);
      const check = async (connection: Pick<Connection, "get" | "all">) => {
        const { account, counts } = await recentlyProved(parts, connection, me);
        if (!demandsFactor(parts, account, counts))
          throw new AppError("notFound", { message: "There is no second factor that codes could stand in for." });
        return account;
      };
      await check(database);
      const { codes, hashes } = await make(request.signal);
      await database.transaction(async (connection) => {
        const account = await check(connection);
        await keepRecoveryCodes(connection, me.id, hashes);
        await tellOwner(parts, connection, { account, type: "recoveryCodesMade", request });
      });
      return codes;
    },

    async hash(user, given, signal) {
      const code = readRecoveryCode(given);
      const like = await anyRecoveryHash(database, user);
      return code === undefined || like === undefined ? undefined : passwords.hashLike(code, like, signal);
    },

    async use(connection, { user, address }, hash, { language }) {
      if (!(await useRecoveryHash(connection, user, hash))) return false;
      const { recoveryCodes: left } = await countFactors(connection, user);
      if (address !== null)
        await send(connection, {
          to: address,
          language,
          message: { type: "recoveryCodeUsed", link: linkTo(parts, "reset"), left: String(left) },
        });
      return true;
    },
  };
}
