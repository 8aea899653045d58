import { AppError, type Actor } from "#contract";
import type { Logger } from "#base";
import type { Connection } from "#database";
import { type AuthParts, type AuthRequest, countAttempt, invalid } from "../../auth-parts.ts";
import type { GivenSession } from "../../sessions.ts";
import { startSession } from "../../start-session.ts";
import { dropRecoveryCodes } from "../factor-tables.ts";
import { type FactorAdded, type FactorOwner, factorAdded, ownerAccount, tellOwner } from "../factor-owner.ts";
import { demandsFactor, findPending, requiresFactor } from "../pending-sign-in.ts";
import { recentlyProved } from "../recent-proof.ts";
import type { RecoveryCodes } from "../recovery-codes.ts";
import type { AnswerVerifier } from "./answer-verifier.ts";
import type { GoodAnswer } from "./passkey-answers.ts";
import { askNewPasskey, askPasskey, type Ceremony, type CeremonyKind, passkeyHost, useCeremony } from "./passkey-ceremony.ts";
import {
  dropPasskey,
  findPasskey,
  insertPasskey,
  type KeptPasskey,
  listPasskeys,
  type Passkey,
  passkeysOf,
  renamePasskey,
  usePasskey,
} from "./passkey-table.ts";

/** What a browser brings back. */
export interface GivenPasskey {
  readonly ceremony: unknown;
  /** The credential, as the JSON of WebAuthn has it. */
  readonly response: unknown;
}

export interface Passkeys {
  list(me: Actor): Promise<readonly Passkey[]>;
  /** Throws `proofRequired`, `usedLink` (see `FactorOwner`), `limitExceeded` and `notSupported`. */
  beginAdding(owner: FactorOwner, request: AuthRequest): Promise<Ceremony>;
  /** Throws `wrongPasskey`, and what `beginAdding` does. */
  add(
    owner: FactorOwner,
    given: GivenPasskey & { readonly name?: unknown },
    request: AuthRequest,
  ): Promise<FactorAdded & { readonly passkey: string }>;
  /** For whoever has not said who they are: the passkey does. */
  beginSignIn(request: AuthRequest): Promise<Ceremony>;
  /** A passkey is two factors in one: what somebody has, and the device has verified who holds it. Throws `wrongPasskey`, `accountSuspended`. */
  signIn(given: GivenPasskey, request: AuthRequest): Promise<GivenSession>;
  /** For the second half of a sign-in, and for whoever shows once more who they are. */
  beginProof(owner: FactorOwner, request: AuthRequest): Promise<Ceremony>;
  /** Looks at an answer to that; what it gives writes down that the passkey was used, in the transaction of a connection. Throws `wrongPasskey`. */
  prepareProof(user: string, given: unknown, kind: CeremonyKind): Promise<(connection: Connection) => Promise<boolean>>;
  /** Throws `notFound`. */
  rename(me: Actor, id: string, name: unknown): Promise<void>;
  /** Throws `notFound`, `proofRequired`, and `stillNeeded` for the last way to sign in. */
  remove(me: Actor, id: string, request: AuthRequest): Promise<void>;
}

/** Of one account. */
const MOST_PASSKEYS = 20;
const MOST_NAME = 60;

interface PasskeyTools {
  readonly verifier: Pick<AnswerVerifier, "verify">;
  readonly recoveryCodes: RecoveryCodes;
  readonly logger: Logger;
}

export function createPasskeys(parts: AuthParts, { verifier, recoveryCodes, logger }: PasskeyTools): Passkeys {
  const { definition, database, accounts, clock } = parts;

  /** The known passkey of an answer, once that was found good. The question is used up first, whatever comes of it. */
  async function check(
    { ceremony, response }: GivenPasskey,
    kind: CeremonyKind,
    user: string | null,
  ): Promise<{ readonly passkey: KeptPasskey; readonly answer: GoodAnswer }> {
    const asked = await database.transaction((connection) => useCeremony(parts, connection, ceremony, kind), { brief: true });
    if (asked === undefined || asked.user !== user) throw wrongPasskey("It answers no question that was asked of this browser.");
    const { id, handle } = readIds(response);
    const passkey = id === undefined ? undefined : await findPasskey(database, id);
    if (passkey === undefined) throw wrongPasskey("It is not known.");
    if (user !== null && passkey.user !== user) throw wrongPasskey("It is somebody else's.");
    // Who said nothing of who they are is whoever the passkey is of, and it must say so itself (section 7.2, step 6).
    if (user === null ? handle !== passkey.handle : handle !== undefined && handle !== passkey.handle)
      throw wrongPasskey("It says that it is somebody else's.");
    const { challenge } = asked;
    const verdict = await verifier.verify({ type: "known", response, challenge, ...passkeyHost(parts), key: passkey });
    if ("problem" in verdict) throw wrongPasskey(verdict.problem);
    return { passkey, answer: verdict.good };
  }

  async function use(connection: Connection, { id, user }: KeptPasskey, { counter, synced }: GoodAnswer): Promise<boolean> {
    if (await usePasskey(connection, { id, user, counter, synced, now: clock.now() })) return true;
    logger.warn({ user, passkey: id }, "A passkey was refused: its counter did not go up, so that there may be two of it.");
    return false;
  }

  return {
    list: ({ id }) => listPasskeys(database, id),

    async beginAdding(owner, request) {
      await countAttempt(parts, request);
      return database.transaction(async (connection) => {
        const { account } = await ownerAccount(parts, connection, owner);
        const known = await passkeysOf(connection, account.user);
        refuseMore(known.length);
        return askNewPasskey(parts, connection, { user: account.user, name: account.address ?? account.user, known });
      });
    },

    async add(owner, { ceremony, response, name: given }, request) {
      const name = readName(given);
      const { account, counts } = await ownerAccount(parts, database, owner);
      const { user } = account;
      const asked = await database.transaction((connection) => useCeremony(parts, connection, ceremony, "add"), { brief: true });
      if (asked === undefined || asked.user !== user)
        throw wrongPasskey("It answers no question that was asked of this browser.");
      const { challenge, handle } = asked;
      const verdict = await verifier.verify({ type: "new", response, challenge, ...passkeyHost(parts) });
      if ("problem" in verdict) throw wrongPasskey(verdict.problem);
      const { good } = verdict;
      const isDemanded = demandsFactor(parts, account, counts);
      const recovery = isDemanded && counts.recoveryCodes === 0 ? await recoveryCodes.make(request.signal) : undefined;
      return database.transaction(async (connection) => {
        // Many questions may have been asked before the first answer came.
        refuseMore((await ownerAccount(parts, connection, owner)).counts.passkeys);
        if (!(await insertPasskey(connection, { ...good, user, handle, name, now: clock.now() })))
          throw wrongPasskey("There is a passkey of that id.");
        return {
          passkey: good.id,
          ...(await factorAdded(parts, connection, { owner, account, proof: "passkey", recovery, request })),
        };
      });
    },

    async beginSignIn(request) {
      await countAttempt(parts, request);
      return database.transaction((connection) => askPasskey(parts, connection, { kind: "sign-in", user: null, known: [] }));
    },

    async signIn(given, request) {
      const { passkey, answer } = await check(given, "sign-in", null);
      const session = await database.transaction(async (connection) => {
        const account = await accounts.find(connection, passkey.user);
        if (account === undefined) throw wrongPasskey("Its account is gone.");
        if (account.suspended) throw new AppError("accountSuspended");
        if (!(await use(connection, passkey, answer))) return undefined;
        return startSession(parts, connection, { user: account.user, proofs: ["passkey"], request });
      });
      if (session === undefined) throw wrongPasskey("Its counter did not go up, or it is gone.");
      return session;
    },

    async beginProof(owner, request) {
      await countAttempt(parts, request);
      return database.transaction(async (connection) => {
        const kind = "me" in owner ? "prove" : "factor";
        const user = "me" in owner ? owner.me.id : (await findPending(connection, owner.pending, clock.now())).user;
        const known = await passkeysOf(connection, user);
        if (known.length === 0) throw new AppError("notFound", { message: "There is no passkey." });
        return askPasskey(parts, connection, { kind, user, known });
      });
    },

    async prepareProof(user, given, kind) {
      const { passkey, answer } = await check(given as GivenPasskey, kind, user);
      return (connection) => use(connection, passkey, answer);
    },

    async rename({ id: user }, id, given) {
      const name = readName(given);
      const isThere = await database.transaction((connection) => renamePasskey(connection, { id, user, name }), { brief: true });
      if (!isThere) throw noPasskey();
    },

    async remove(me, id, request) {
      await database.transaction(async (connection) => {
        const { account, counts } = await recentlyProved(parts, connection, me);
        const isRequired = requiresFactor(definition, account.roles);
        if (!(await dropPasskey(connection, me.id, id))) throw noPasskey();
        if (counts.passkeys === 1) {
          if (account.address === null && account.passwordHash === undefined) throw new AppError("stillNeeded");
          if (isRequired && counts.totp === 0)
            throw new AppError("stillNeeded", {
              message: "A role of this account needs a second factor, and there is no other: set up an authenticator app first.",
            });
          if (!isRequired && counts.totp === 0) await dropRecoveryCodes(connection, me.id);
        }
        await tellOwner(parts, connection, { account, type: "passkeyRemoved", request });
      });
    },
  };
}

function refuseMore(passkeys: number): void {
  if (passkeys >= MOST_PASSKEYS)
    throw new AppError("limitExceeded", { details: `An account may have ${MOST_PASSKEYS} passkeys.` });
}

function noPasskey(): AppError {
  return new AppError("notFound", { message: "There is no such passkey." });
}

/** 400, and the same whatever was wrong with it; the log has the reason. */
export function wrongPasskey(reason: string): AppError {
  return new AppError("wrongPasskey", { cause: new Error(reason) });
}

function readName(given: unknown): string {
  if (given === undefined || given === "") return "Passkey";
  const name = typeof given === "string" ? given.trim() : "";
  if (name === "" || [...name].length > MOST_NAME || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name))
    throw invalid([{ field: "name", message: `must be a text of 1 to ${MOST_NAME} characters` }]);
  return name;
}

/** The credential's id and whose it says that it is, as far as they are texts that may be one. */
function readIds(response: unknown): { readonly id: string | undefined; readonly handle: string | undefined } {
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && /^[A-Za-z0-9_-]{1,1400}$/.test(value) ? value : undefined;
  if (typeof response !== "object" || response === null) return { id: undefined, handle: undefined };
  const { id, response: inner } = response as { readonly id?: unknown; readonly response?: { readonly userHandle?: unknown } };
  return { id: text(id), handle: text(inner?.userHandle) };
}
