import { AppError } from "#contract";
import { system } from "../access/caller.ts";
import { insertAccount, keepAddress } from "./account-table.ts";
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
import { insertUser, readUser } from "./new-user.ts";
import { issueOneTime } from "./one-time-tokens.ts";
import { readPassword } from "./passwords/password-rules.ts";
import { hashOf, matchesSecret, newSecret } from "./secret-token.ts";
import type { SignInOutcome } from "./factors/pending-sign-in.ts";
import { beginSession } from "./sign-in.ts";

export interface FirstAdmin {
  /**
   * A link that makes an administrator, once, for as long as this process runs and there is none: for the console, where whoever runs the server sees
   * it. Undefined where there is an administrator. Each call gives another link, and the ones before are good no more, but for a call with the secret of
   * one that was offered by a process before this one and has been used by nobody: that one is good again.
   */
  offer(known?: string): Promise<string | undefined>;
  /** Throws `usedLink` for a link that is good no more, and uses nothing up. */
  look(input: { readonly token: unknown }): void;
  /** Makes the account, with the administrator's role, and a session. Their address is confirmed by a mail later. */
  claim(
    input: { readonly token: unknown; readonly email: unknown; readonly password: unknown; readonly user?: unknown },
    request: AuthRequest,
  ): Promise<SignInOutcome>;
}

export function createFirstAdmin(parts: AuthParts): FirstAdmin {
  const { definition, database, records, accounts, passwords, send, clock, ids } = parts;
  const { adminRole } = definition;
  // In memory alone: nobody who gets hold of a database or of its backup can become an administrator by it.
  let offered: string | undefined;
  return {
    async offer(known) {
      if (await accounts.hasRole(database, adminRole)) return undefined;
      const secret = known ?? newSecret();
      offered = Buffer.from(hashOf(secret)).toString("hex");
      return linkTo(parts, "firstAdmin", secret);
    },

    look,

    async claim(input, request) {
      await countAttempt(parts, request);
      look(input);
      const { address, key } = readTypedAddress(input.email);
      const user = readUser(input.user);
      const problems = await passwordProblems(parts, input.password, address);
      if (problems.length > 0) throw invalid(problems);
      const passwordHash = await passwords.hash(readPassword(input.password) ?? "", request.signal);
      const id = ids.uuid();
      const session = await records.transaction(async (own, connection) => {
        const isTaken = await accounts.hasRole(connection, adminRole);
        if (isTaken) throw usedLink();
        look(input);
        if ((await accounts.findByAddress(connection, key)) !== undefined)
          throw new AppError("uniqueViolation", { message: "There is an account with this address already." });
        await insertUser(own, { id, user }, system);
        const account = { user: id, address, addressKey: key, verified: false, passwordHash, roles: [adminRole] };
        await insertAccount(connection, account, clock.now());
        await keepAddress(connection, definition.users, account);
        const token = await issueOneTime(connection, {
          purpose: "verify",
          user: id,
          addressKey: key,
          data: null,
          now: clock.now(),
        });
        const message = { type: "confirmAddress", link: linkTo(parts, "verify", token) } as const;
        await send(connection, { to: address, language: request.language, message });
        return beginSession(parts, connection, { user: id, proof: "password", request });
      });
      offered = undefined;
      return session;
    },
  };

  function look({ token }: { readonly token: unknown }): void {
    if (offered === undefined || !matchesSecret(token, offered)) throw usedLink();
  }
}
