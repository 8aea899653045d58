import { AppError, type Json } from "#contract";
import type { Connection } from "#database";
import { addressKey } from "../../mail/address.ts";
import type { RecordStore } from "../../records/record-store.ts";
import { anonymousOf } from "../anonymous/anonymous-table.ts";
import { usedLink } from "../auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, invalid, linkTo, readTypedAddress } from "../auth-parts.ts";
import type { SignInOutcome } from "../factors/pending-sign-in.ts";
import { takeMail } from "../mail-budget.ts";
import { type NewUserRow, readUser } from "../new-user.ts";
import { dropOneTime, findOneTime, issueOneTime, useOneTime } from "../one-time-tokens.ts";
import { authorOfSignUp, openAccount, type SigningUp, tryRow } from "../open-account.ts";
import { hashOf, matchesSecret } from "../secret-token.ts";
import { beginSession } from "../begin-session.ts";
import { insertIdentity } from "./identity-table.ts";
import { labelOf, rowOf } from "./new-person.ts";
import type { Person } from "./provider.ts";

/** Somebody whom a site knows and who has no account here: what is kept until they have. */
export interface Newcomer {
  readonly provider: string;
  readonly person: Person;
  readonly to: string | undefined;
  /** When they signed in there, milliseconds since 1970; undefined where the site does not say. */
  readonly proved: number | undefined;
}

/** What a page that finishes a sign-up shows. */
export interface HalfSignUp {
  readonly provider: string;
  /** Of the site, if it gave one. */
  readonly address: string | null;
  /** No mail has to show that it is theirs: then it cannot be another one. */
  readonly proved: boolean;
  /** What the site says of them, as a row of `users`. */
  readonly user: NewUserRow;
  readonly to: string | undefined;
}

/** What came of it: they are in, or a mail is on its way. */
export type FinishedSignUp =
  | { readonly type: "session"; readonly session: SignInOutcome; readonly user: string; readonly to: string | undefined }
  | { readonly type: "sent"; readonly to: string | undefined };

export interface HalfSignUps {
  /** Makes the account at once, where the address is proved and nothing is missing; else keeps what is known, for the browser that has `continuation`. */
  welcome(
    newcomer: Newcomer,
    request: AuthRequest,
  ): Promise<Extract<FinishedSignUp, { type: "session" }> | { readonly continuation: string }>;
  /** Throws `usedLink`. */
  show(continuation: unknown): Promise<HalfSignUp>;
  /**
   * What was filled in. Where the site does not stand up for the address, a mail has to show whose it is, and the answer is the same whoever has it.
   * Throws `usedLink`, `validationFailed`, `accountExists`, and what the rules and the table say of the row.
   */
  finish(
    input: { readonly continuation: unknown; readonly user?: unknown; readonly email?: unknown },
    request: AuthRequest,
  ): Promise<FinishedSignUp>;
  /** By the link in that mail, in the browser that began: else whoever follows links would make accounts that strangers get into (attack 21). */
  confirm(
    input: { readonly token: unknown; readonly continuation: unknown },
    request: AuthRequest,
  ): Promise<Extract<FinishedSignUp, { type: "session" }>>;
}

interface Waiting {
  readonly provider: string;
  readonly person: Person;
  readonly to: string | null;
  readonly proved: number | null;
}

interface Mailed extends Waiting {
  readonly id: string;
  /** The anonymous account that they had, which becomes theirs. */
  readonly from: string | null;
  readonly address: string;
  readonly user: NewUserRow;
  /** Hexadecimal. */
  readonly continuation: string;
}

interface NewAccount extends SigningUp {
  readonly address: string;
  readonly waiting: Waiting;
}

export function createHalfSignUps(parts: AuthParts): HalfSignUps {
  const { definition, database, records, accounts, send, clock, ids } = parts;

  type Own = Parameters<Parameters<RecordStore["transaction"]>[0]>[0];

  /** The user, their account, what they sign in by and a session, or nothing of it. */
  async function open(
    own: Own,
    connection: Connection,
    { address, waiting, ...whose }: NewAccount,
    request: AuthRequest,
  ): Promise<Extract<FinishedSignUp, { type: "session" }>> {
    const key = addressKey(address);
    if ((await accounts.findByAddress(connection, key)) !== undefined) throw new AppError("accountExists");
    const given = { address, addressKey: key, passwordHash: undefined };
    const user = await openAccount(parts, { records: own, connection }, { ...whose, ...given });
    const { person, provider } = waiting;
    const { issuer, subject } = person;
    const identity = { id: ids.uuid(), issuer, subject, user, provider, label: labelOf(person), now: clock.now() };
    // They came in by another browser meanwhile.
    if (!(await insertIdentity(connection, identity))) throw usedLink();
    await dropOneTime(connection, key, "signUp");
    await dropOneTime(connection, key, "oauthConfirm");
    const session = await beginSession(parts, connection, {
      user,
      proof: "oauth",
      request,
      proved: waiting.proved ?? undefined,
    });
    return { type: "session", session, user, to: waiting.to ?? undefined };
  }

  /** Of whoever signs up in this browser now. */
  async function newId({ previous }: AuthRequest): Promise<Pick<SigningUp, "id" | "from">> {
    return { id: ids.uuid(), from: await anonymousOf(database, previous, clock.now()) };
  }

  function checkOpen(): void {
    if (definition.signUp === "closed") throw new AppError("forbidden", { message: "Nobody can sign up here by themselves." });
  }

  async function find(continuation: unknown): Promise<Waiting> {
    const found = await findOneTime(database, continuation, { purpose: "oauthSignUp", now: clock.now() });
    if (found === undefined) throw usedLink();
    return found.data as unknown as Waiting;
  }

  async function sendLink(
    { address, row, waiting }: Omit<NewAccount, "id" | "from">,
    { continuation, request }: { readonly continuation: string; readonly request: AuthRequest },
  ): Promise<void> {
    const key = addressKey(address);
    const { id, from } = await newId(request);
    await records.transaction(async (own, connection) => {
      // Also where the address is known: else the answer to a bad row would tell.
      await tryRow(own, { id, from, row });
      const now = clock.now();
      const about = { addressKey: key, user: null, now };
      const account = await accounts.findByAddress(connection, key);
      if (!(await takeMail(connection, parts.codeKey, { addressKey: key, kind: "oauthConfirm", caller: request.caller, now }))) {
        await issueOneTime(connection, { ...about, purpose: "decoy", data: null });
        return;
      }
      const hash = Buffer.from(hashOf(continuation)).toString("hex");
      const mailed: Mailed = { ...waiting, id, from: from ?? null, address, user: row, continuation: hash };
      const token = await issueOneTime(connection, {
        ...about,
        purpose: "oauthConfirm",
        data: account === undefined ? asJson(mailed) : null,
      });
      const message =
        account === undefined
          ? ({ type: "confirmSignUp", link: linkTo(parts, "confirmOAuth", token) } as const)
          : ({ type: "alreadySignedUp", link: linkTo(parts, "signIn") } as const);
      await send(connection, { to: account?.address ?? address, language: request.language, message });
    });
  }

  return {
    async welcome({ provider, person, to, proved }, request) {
      const waiting: Waiting = { provider, person, to: to ?? null, proved: proved ?? null };
      const address = provedAddress(person);
      if (address !== undefined) {
        const account = await accounts.findByAddress(database, addressKey(address));
        // Told to nobody but whom the site has shown to have the address.
        if (account !== undefined) throw new AppError("accountExists");
      }
      checkOpen();
      if (address !== undefined) {
        const whose = await newId(request);
        try {
          const row = rowOf(person, definition);
          return await records.transaction(
            (own, connection) => open(own, connection, { ...whose, address, row, waiting }, request),
            authorOfSignUp(whose, request.requestId),
          );
        } catch (thrown) {
          if (!isIncomplete(thrown)) throw thrown;
        }
      }
      const data = asJson(waiting);
      const continuation = await database.transaction((connection) =>
        issueOneTime(connection, { purpose: "oauthSignUp", user: null, addressKey: "", data, now: clock.now() }),
      );
      return { continuation };
    },

    async show(continuation) {
      const { provider, person, to } = await find(continuation);
      return {
        provider,
        address: person.address ?? null,
        proved: provedAddress(person) !== undefined,
        user: rowOf(person, definition),
        to: to ?? undefined,
      };
    },

    async finish({ continuation, user: given, email }, request) {
      await countAttempt(parts, request);
      checkOpen();
      const waiting = await find(continuation);
      const row = given === undefined ? rowOf(waiting.person, definition) : readUser(given);
      const proved = provedAddress(waiting.person);
      if (proved === undefined) {
        const { address } = readTypedAddress(email ?? waiting.person.address);
        await sendLink({ address, row, waiting }, { continuation: String(continuation), request });
        return { type: "sent", to: waiting.to ?? undefined };
      }
      if (email !== undefined && readTypedAddress(email).key !== addressKey(proved))
        throw invalid([{ field: "email", message: "is the one that the other site knows; it can be changed afterwards" }]);
      const whose = await newId(request);
      return records.transaction(
        async (own, connection) => {
          const used = await useOneTime(connection, continuation, { purpose: "oauthSignUp", now: clock.now() });
          if (used === undefined) throw usedLink();
          return open(own, connection, { ...whose, address: proved, row, waiting }, request);
        },
        authorOfSignUp(whose, request.requestId),
      );
    },

    async confirm({ token, continuation }, request) {
      await countAttempt(parts, request);
      checkOpen();
      const purpose = { purpose: "oauthConfirm", now: clock.now() } as const;
      const found = await findOneTime(database, token, purpose);
      if (found === undefined || found.data === null) throw usedLink();
      const mailed = found.data as unknown as Mailed;
      if (!matchesSecret(continuation, mailed.continuation))
        throw new AppError("proofRequired", { hint: "Open the link in the browser in which you began." });
      const whose = { id: mailed.id, from: mailed.from ?? undefined };
      return records.transaction(
        async (own, connection) => {
          if ((await useOneTime(connection, token, purpose)) === undefined) throw usedLink();
          const { address, user: row } = mailed;
          // Somebody has signed up with it meanwhile: whoever only has the link is told nothing of that.
          if ((await accounts.findByAddress(connection, addressKey(address))) !== undefined) throw usedLink();
          await useOneTime(connection, continuation, { purpose: "oauthSignUp", now: clock.now() });
          return open(own, connection, { ...whose, address, row, waiting: mailed }, request);
        },
        authorOfSignUp(whose, request.requestId),
      );
    },
  };
}

/** The address that a site stands up for, where it is one that can be kept. */
function provedAddress({ address, proved }: Person): string | undefined {
  if (!proved || address === undefined) return undefined;
  try {
    return readTypedAddress(address).address;
  } catch {
    return undefined;
  }
}

/** What is not known of somebody is left out when it is written. */
function asJson(kept: Waiting): Json {
  return kept as unknown as Json;
}

/** What whoever signs up may mend by filling in more, or something else. */
function isIncomplete(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.status < 500 && thrown.error !== "accountExists" && thrown.error !== "usedLink";
}
