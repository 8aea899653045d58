import type { Logger } from "#base";
import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { wrongCode } from "../auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, invalid } from "../auth-parts.ts";
import { takeTry, useOneTime } from "../one-time-tokens.ts";
import { endedSession, type GivenSession } from "../sessions.ts";
import { startSession } from "../start-session.ts";
import { countFactors, findTotp } from "./factor-tables.ts";
import { demandsFactor, type FactorName, findPending, overSignIn } from "./pending-sign-in.ts";
import type { AnswerVerifier } from "./passkeys/answer-verifier.ts";
import type { Passkey } from "./passkeys/passkey-table.ts";
import { createPasskeys, type GivenPasskey, type Passkeys, wrongPasskey } from "./passkeys/passkeys.ts";
import { createRecoveryCodes, type RecoveryCodes } from "./recovery-codes.ts";
import { createTotp, type Totp } from "./totp.ts";

/** What somebody can sign in with beside a password and their mail. */
export interface FactorList {
  /** The authenticator app; null where there is none. */
  readonly totp: { readonly created: string } | null;
  readonly passkeys: readonly Passkey[];
  /** How many recovery codes are left. */
  readonly recoveryCodes: number;
  /** Whether a password, a link or a code by mail alone do not sign them in. */
  readonly demanded: boolean;
}

/** One of these, and no other beside it. */
export interface GivenFactor {
  /** The code that an authenticator app shows. */
  readonly totp?: unknown;
  readonly recovery?: unknown;
  readonly passkey?: GivenPasskey | undefined;
}

export interface Factors {
  list(me: Actor): Promise<FactorList>;
  readonly totp: Totp;
  readonly recoveryCodes: Pick<RecoveryCodes, "renew">;
  readonly passkeys: Omit<Passkeys, "prepareProof">;
  /**
   * The other half of a sign-in: a session that has proved both. Throws `wrongCode`, after five of which one begins again, `wrongPasskey`,
   * `tooManyRequests`, and `usedLink` for a sign-in that is over.
   */
  finish(pending: unknown, given: GivenFactor, request: AuthRequest): Promise<GivenSession>;
  /** A factor once more: the session goes on under another token, and has just proved it. Throws as `finish` does. */
  prove(me: Actor, given: GivenFactor, request: AuthRequest): Promise<Pick<GivenSession, "token" | "id" | "user">>;
}

/** Wrong codes after which a sign-in begins again. */
const MOST_TRIES = 5;

interface Asked {
  readonly kind: "factor" | "prove";
  readonly request: AuthRequest;
}

/** Looks whether what was given is right, and uses it up, in the transaction of that connection. */
type Check = (connection: Connection) => Promise<boolean>;

export interface FactorsOptions {
  readonly verifier: Pick<AnswerVerifier, "verify">;
  readonly logger: Logger;
}

export function createFactors(parts: AuthParts, { verifier, logger }: FactorsOptions): Factors {
  const { database, accounts, sessions, rates, clock } = parts;
  const recoveryCodes = createRecoveryCodes(parts);
  const totp = createTotp(parts, recoveryCodes);
  const passkeys = createPasskeys(parts, { verifier, recoveryCodes, logger });

  /** What takes long, before the transaction. */
  async function prepare(
    user: string,
    given: GivenFactor,
    { kind, request }: Asked,
  ): Promise<{ name: FactorName; check: Check }> {
    const name = nameOf(given);
    await countAttempt(parts, request);
    // There is nothing to guess.
    if (name === "passkey") return { name, check: await passkeys.prepareProof(user, given.passkey, kind) };
    await rates.take("factors", user);
    if (name === "totp") return { name, check: (connection) => totp.check(connection, user, given.totp) };
    const hash = await recoveryCodes.hash(user, given.recovery, request.signal);
    return {
      name,
      async check(connection) {
        const account = await accounts.find(connection, user);
        return account !== undefined && hash !== undefined && recoveryCodes.use(connection, account, hash, request);
      },
    };
  }

  return {
    totp,
    recoveryCodes,
    passkeys,

    async list(me) {
      const { id } = me;
      const account = await accounts.find(database, id);
      if (account === undefined) throw endedSession();
      const counts = await countFactors(database, id);
      const kept = await findTotp(database, id);
      return {
        totp: kept === undefined ? null : { created: new Date(kept.created).toISOString() },
        passkeys: await passkeys.list(me),
        recoveryCodes: counts.recoveryCodes,
        demanded: demandsFactor(parts, account, counts),
      };
    },

    async finish(pending, given, request) {
      const { user } = await findPending(database, pending, clock.now());
      const { name, check } = await prepare(user, given, { kind: "factor", request });
      const session = await database.transaction(async (connection) => {
        const now = clock.now();
        const { hash, proof, enrols, left } = await findPending(connection, pending, now);
        const account = await accounts.find(connection, user);
        if (enrols || account === undefined || account.suspended) throw overSignIn();
        if (!(await takeTry(connection, hash, MOST_TRIES))) throw overSignIn();
        if (!(await check(connection))) return undefined;
        await useOneTime(connection, pending, { purpose: "factor", now });
        return startSession(parts, connection, { user, proofs: [proof, name], request, left });
      });
      // Not before the try has been kept.
      if (session === undefined) throw wrongFactor(name);
      return session;
    },

    async prove(me, given, request) {
      if (me.session === undefined)
        throw new AppError("signInRequired", { message: "This needs a session: a token has no second factor." });
      const { name, check } = await prepare(me.id, given, { kind: "prove", request });
      const session = await database.transaction(async (connection) =>
        (await check(connection)) ? sessions.prove(connection, me, name) : undefined,
      );
      if (session === undefined) throw wrongFactor(name);
      return session;
    },
  };
}

function wrongFactor(name: FactorName): AppError {
  return name === "passkey" ? wrongPasskey("Its counter did not go up, or it is gone.") : wrongCode();
}

function nameOf({ totp, recovery, passkey }: GivenFactor): FactorName {
  const given = Object.entries({ totp, recovery, passkey }).filter(([, value]) => value !== undefined && value !== "");
  const [name] = given.map(([name]) => name as FactorName);
  if (name === undefined || given.length > 1)
    throw invalid([{ field: name ?? "totp", message: "one second factor is to be given: totp, recovery or passkey" }]);
  return name;
}
