import { type Account, setPassword } from "./account-table.ts";
import { usedLink } from "./auth-errors.ts";
import {
  type AuthParts,
  type AuthRequest,
  countAttempt,
  invalid,
  linkTo,
  passwordProblems,
  readTypedAddress,
} from "./auth-parts.ts";
import { dropKeys } from "./keys/key-table.ts";
import { dropUserTokens, findOneTime, type OneTimePurpose, useOneTime } from "./one-time-tokens.ts";
import { readPassword } from "./passwords/password-rules.ts";
import { endWhatWasBefore } from "./first-proof.ts";
import { requestMail } from "./request-mail.ts";
import { endSessions } from "./session-table.ts";

export interface PasswordReset {
  /** Sends a link to the account of that address. Where there is none, nothing is sent, and nobody can tell. */
  request(input: { readonly email: unknown }, request: AuthRequest): Promise<void>;
  /** The address of the account that a link is for, and uses nothing up. Throws `usedLink`. */
  look(input: { readonly token: unknown }): Promise<{ readonly address: string | null }>;
  /**
   * Sets the password, and ends every session and everything that was sent before. It signs nobody in: that goes the way of everybody, past a
   * second factor.
   */
  reset(input: { readonly token: unknown; readonly password: unknown }, request: AuthRequest): Promise<void>;
}

export function createPasswordReset(parts: AuthParts): PasswordReset {
  const { database, accounts, passwords, send, clock } = parts;
  return {
    request: async ({ email }, request) => {
      const { key } = readTypedAddress(email);
      await countAttempt(parts, request);
      await requestMail(parts, {
        key,
        purpose: "reset",
        request,
        message: (token) => ({ type: "resetPassword", link: linkTo(parts, "reset", token) }),
      });
    },

    look: async ({ token }) => (await find(token)).account,

    async reset({ token, password: given }, request) {
      const { signal, language } = request;
      await countAttempt(parts, request);
      const { purpose, account } = await find(token);
      const problems = await passwordProblems(parts, given, account.address);
      if (problems.length > 0) throw invalid(problems);
      const hash = await passwords.hash(readPassword(given) ?? "", signal);
      await database.transaction(async (connection) => {
        const used = await useOneTime(connection, token, { purpose, now: clock.now() });
        if (used === undefined || used.user !== account.user) throw usedLink();
        await setPassword(connection, account.user, hash, clock.now());
        await endSessions(connection, account.user);
        // Nobody knows who made them: whoever resets has lost the account for a while, perhaps.
        await dropKeys(connection, account.user);
        await dropUserTokens(connection, account.user);
        // It came by mail to that address; what an administrator hands over did not.
        const present = await accounts.find(connection, account.user);
        if (purpose === "reset" && present?.verified === false) await endWhatWasBefore(parts, connection, present);
        if (account.address !== null)
          await send(connection, {
            to: account.address,
            language,
            message: { type: "passwordChanged", link: linkTo(parts, "reset") },
          });
      });
    },
  };

  async function find(token: unknown): Promise<{ readonly purpose: OneTimePurpose; readonly account: Account }> {
    for (const purpose of ["reset", "invite"] as const) {
      const found = await findOneTime(database, token, { purpose, now: clock.now() });
      if (found === undefined || found.user === null) continue;
      const account = await accounts.find(database, found.user);
      if (account !== undefined && !account.suspended) return { purpose, account };
    }
    throw usedLink();
  }
}
