import { type Actor, AppError } from "#contract";
import { renewHash, setPassword } from "./account-table.ts";
import { wrongPassword } from "./auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, invalid, linkTo, passwordProblems, typedKey } from "./auth-parts.ts";
import { addressKey } from "../mail/address.ts";
import { dropUserTokens } from "./one-time-tokens.ts";
import { readPassword } from "./passwords/password-rules.ts";
import type { SignInOutcome } from "./factors/pending-sign-in.ts";
import { endSession, endSessions, listSessions, type SessionRow } from "./session-table.ts";
import { endAllAs, endRunning, listRunning, type RunningImpersonation } from "./impersonation/running-impersonations.ts";
import { endedSession, type GivenSession } from "./sessions.ts";
import { beginSession } from "./begin-session.ts";

export { beginSession } from "./begin-session.ts";

export interface SignIn {
  /** Takes as long for an address without an account. Throws `wrongCredentials`; `accountSuspended` where the password is right. */
  signIn(input: { readonly email: unknown; readonly password: unknown }, request: AuthRequest): Promise<SignInOutcome>;
  signOut(me: Actor): Promise<void>;
  /** Ends every session of whoever asks, or all but the one they ask with, and whatever an administrator does as them; gives how many. */
  signOutEverywhere(me: Actor, options?: { readonly others?: boolean }): Promise<number>;
  /** Those of whoever asks, the one used last first, after what goes on as somebody: of administrators as them, and of them as others. */
  sessions(me: Actor): Promise<readonly (SessionRow | RunningImpersonation)[]>;
  /** One of those. Throws `notFound` where they have none of that id. */
  endSession(me: Actor, id: string): Promise<void>;
  /** The password once more: the session goes on under another token, and has just been proved. */
  prove(me: Actor, input: { readonly password: unknown }, request: AuthRequest): Promise<RenewedSession>;
  /** Ends every other session, and everything that was sent to let them in. */
  changePassword(
    me: Actor,
    input: { readonly current: unknown; readonly password: unknown },
    request: AuthRequest,
  ): Promise<RenewedSession>;
}

/** The session goes on; its old token is good no more. */
export type RenewedSession = Pick<GivenSession, "token" | "id" | "user">;

export function createSignIn(parts: AuthParts, idle: number): SignIn {
  const { database, accounts, passwords, sessions, send, clock } = parts;

  /** Their account, once they have given its password. */
  async function checkOwnPassword(me: Actor, given: unknown, request: AuthRequest) {
    if (me.session === undefined)
      throw new AppError("signInRequired", { message: "This needs a session: a token has no password." });
    const account = await accounts.find(database, me.id);
    if (account === undefined) throw endedSession();
    await countAttempt(parts, request, account.address === null ? account.user : addressKey(account.address));
    const password = readPassword(given);
    const { matches } = await passwords.verify(
      password ?? "",
      password === undefined ? undefined : account.passwordHash,
      request.signal,
    );
    if (!matches) throw new AppError("wrongCredentials", { message: "The password is not right." });
    return account;
  }

  return {
    async signIn({ email, password: given }, request) {
      const { signal } = request;
      const key = typedKey(email);
      await countAttempt(parts, request, key);
      const password = readPassword(given);
      const account = key === undefined ? undefined : await accounts.findByAddress(database, key);
      const stored = password === undefined ? undefined : account?.passwordHash;
      const { matches, outdated } = await passwords.verify(password ?? "", stored, signal);
      if (account === undefined || stored === undefined || !matches) throw wrongPassword();
      if (account.suspended) throw new AppError("accountSuspended");
      const renewed = outdated && password !== undefined ? await passwords.hash(password, signal) : undefined;
      return database.transaction(async (connection) => {
        // It took a while: the password may have been changed since, and the account suspended.
        const now = await accounts.find(connection, account.user);
        if (now === undefined || now.suspended || now.passwordHash !== stored) throw wrongPassword();
        if (renewed !== undefined) await renewHash(connection, account.user, stored, renewed);
        return beginSession(parts, connection, { user: account.user, proof: "password", request });
      });
    },

    async signOut(me) {
      // Who acts as somebody and signs out walks away: their own session ends, and that of the other with it.
      const { id, session } =
        me.impersonator === undefined ? me : { id: me.impersonator.id, session: { id: me.impersonator.session } };
      if (session === undefined) throw new AppError("signInRequired", { message: "There is no session to end." });
      await database.transaction((connection) => endSession(connection, id, session.id), { brief: true });
    },

    signOutEverywhere: ({ id, session }, { others = false } = {}) =>
      database.transaction(
        async (connection) =>
          (await endSessions(connection, id, others ? session?.id : undefined)) + (await endAllAs(connection, id, clock.now())),
        { brief: true },
      ),

    async sessions({ id }) {
      const at = { now: clock.now(), idle };
      return [...(await listRunning(database, id, at)), ...(await listSessions(database, id, at))];
    },

    async endSession({ id: user }, id) {
      const ended = await database.transaction(
        async (connection) =>
          (await endSession(connection, user, id)) || (await endRunning(connection, { user, id, now: clock.now() })),
        { brief: true },
      );
      if (!ended) throw new AppError("notFound", { message: "There is no such session." });
    },

    async prove(me, { password }, request) {
      await checkOwnPassword(me, password, request);
      return database.transaction((connection) => sessions.prove(connection, me, "password"), { brief: true });
    },

    async changePassword(me, { current, password: given }, request) {
      const { signal, language } = request;
      const account = await checkOwnPassword(me, current, request);
      const problems = await passwordProblems(parts, given, account.address);
      if (problems.length > 0) throw invalid(problems);
      const hash = await passwords.hash(readPassword(given) ?? "", signal);
      return database.transaction(async (connection) => {
        const now = await accounts.find(connection, me.id);
        if (now === undefined || now.passwordHash !== account.passwordHash) throw wrongPassword();
        await setPassword(connection, me.id, hash, clock.now());
        await endSessions(connection, me.id, me.session?.id);
        await dropUserTokens(connection, me.id);
        if (account.address !== null)
          await send(connection, {
            to: account.address,
            language,
            message: { type: "passwordChanged", link: linkTo(parts, "reset") },
          });
        return sessions.prove(connection, me, "password");
      });
    },
  };
}
