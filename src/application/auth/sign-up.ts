import { AppError } from "#contract";
import type { Connection } from "#database";
import {
  type AuthParts,
  type AuthRequest,
  countAttempt,
  invalid,
  linkTo,
  passwordProblems,
  readTypedAddress,
} from "./auth-parts.ts";
import { anonymousOf } from "./anonymous/anonymous-table.ts";
import { type NewUserRow, readUser } from "./new-user.ts";
import { usedLink, wrongPassword } from "./auth-errors.ts";
import { takeMail } from "./mail-budget.ts";
import {
  dropOneTime,
  findOneTime,
  issueOneTime,
  listOneTime,
  type OneTimeToken,
  rewriteOneTime,
  takeTry,
  useOneTime,
} from "./one-time-tokens.ts";
import { authorOfSignUp, openAccount, tryRow } from "./open-account.ts";
import { readPassword } from "./passwords/password-rules.ts";
import { hashOf, isSecret, matchesSecret, newSecret } from "./secret-token.ts";
import type { GivenSession } from "./sessions.ts";
import { startSession } from "./start-session.ts";

export interface SignUpInput {
  readonly email: unknown;
  readonly password: unknown;
  /** The row in `users`, as its maker writes it. */
  readonly user?: unknown;
  /** What the browser has from when it signed up before. */
  readonly continuation?: string | undefined;
}

export interface SignUp {
  /**
   * Sends a link to the address, where it has no account; a word about it where it has one. What it gives is the same, and takes as long. `continuation`
   * is for the browser that asked: with it the link alone is enough. Where it asks again, what it says last counts, by whichever link it goes on.
   */
  signUp(input: SignUpInput, request: AuthRequest): Promise<{ readonly continuation: string }>;
  /** Throws `usedLink` for a link that is good no more, and uses nothing up. */
  look(input: { readonly token: unknown }): Promise<void>;
  /**
   * Makes the user, their account and a session. Who has the link must be who signed up: the same browser, or somebody who knows the
   * password. Else a stranger could have an account made in the name of whoever follows links.
   */
  confirm(
    input: { readonly token: unknown; readonly password?: unknown; readonly continuation?: string | undefined },
    request: AuthRequest,
  ): Promise<GivenSession>;
}

/** What is kept until the link is followed. */
interface Pending {
  readonly id: string;
  readonly address: string;
  readonly passwordHash: string;
  readonly user: NewUserRow;
  /** The anonymous account that they had, which becomes theirs. */
  readonly from: string | null;
  /** Of the continuation: hexadecimal. */
  readonly continuation: string;
}

/** Wrong passwords after which a link is good no more. */
const MOST_TRIES = 10;

export function createSignUp(parts: AuthParts): SignUp {
  const { definition, database, records, accounts, passwords, send, codeKey, clock, ids } = parts;
  return {
    async signUp(input, request) {
      const { signal, language } = request;
      if (definition.signUp === "closed") throw new AppError("forbidden", { message: "Nobody can sign up here by themselves." });
      const { address, key } = readTypedAddress(input.email);
      const user = readUser(input.user);
      await countAttempt(parts, request);
      const problems = await passwordProblems(parts, input.password, address);
      if (problems.length > 0) throw invalid(problems);
      const passwordHash = await passwords.hash(readPassword(input.password) ?? "", signal);
      const continuation = isSecret(input.continuation) ? input.continuation : newSecret();
      const id = ids.uuid();
      await records.transaction(async (own, connection) => {
        // Also where the address is known: else the answer to a bad row would tell.
        const now = clock.now();
        const from = await anonymousOf(connection, request.previous, now);
        await tryRow(own, { id, from, row: user });
        const about = { addressKey: key, user: null, now };
        const account = await accounts.findByAddress(connection, key);
        const pending: Pending = {
          id,
          address,
          passwordHash,
          user,
          from: from ?? null,
          continuation: Buffer.from(hashOf(continuation)).toString("hex"),
        };
        await replaceOwn(connection, key, pending);
        if (!(await takeMail(connection, codeKey, { addressKey: key, kind: "signUp", caller: request.caller, now }))) {
          await issueOneTime(connection, { ...about, purpose: "decoy", data: null });
          return;
        }
        // Of an address that has an account the link is never sent, and would make none.
        const token = await issueOneTime(connection, {
          ...about,
          purpose: "signUp",
          data: account === undefined ? { ...pending } : null,
        });
        const message =
          account === undefined
            ? ({ type: "confirmSignUp", link: linkTo(parts, "confirmSignUp", token) } as const)
            : ({ type: "alreadySignedUp", link: linkTo(parts, "signIn") } as const);
        await send(connection, { to: account?.address ?? address, language, message });
      });
      return { continuation };
    },

    async look({ token }) {
      await find(token);
    },

    async confirm({ token, password, continuation }, request) {
      const { signal, requestId } = request;
      await countAttempt(parts, request);
      const purpose = { purpose: "signUp", now: clock.now() } as const;
      const { found, pending } = await find(token);
      if (!matchesSecret(continuation, pending.continuation)) {
        if (password === undefined)
          throw new AppError("proofRequired", {
            hint: "Finish in the browser that signed up, or give the password that was chosen.",
          });
        const isLeft = await database.transaction((connection) => takeTry(connection, found.hash, MOST_TRIES), { brief: true });
        if (!isLeft) throw usedLink();
        const { matches } = await passwords.verify(readPassword(password) ?? "", pending.passwordHash, signal);
        if (!matches) throw wrongPassword();
      }
      const whose = { id: pending.id, from: pending.from ?? undefined };
      return records.transaction(
        async (own, connection) => {
          const used = await useOneTime(connection, token, purpose);
          if (used === undefined || (await accounts.findByAddress(connection, used.addressKey)) !== undefined) throw usedLink();
          const { address, passwordHash } = pending;
          const given = { row: pending.user, address, addressKey: used.addressKey, passwordHash };
          const user = await openAccount(parts, { records: own, connection }, { ...whose, ...given });
          await dropOneTime(connection, used.addressKey, "signUp");
          // It has no role and no factor yet.
          return startSession(parts, connection, { user, proofs: ["password"], request });
        },
        authorOfSignUp(whose, requestId),
      );
    },
  };

  async function find(token: unknown): Promise<{ readonly found: OneTimeToken; readonly pending: Pending }> {
    if (definition.signUp === "closed") throw usedLink();
    const found = await findOneTime(database, token, { purpose: "signUp", now: clock.now() });
    if (found === undefined || found.data === null) throw usedLink();
    return { found, pending: found.data as unknown as Pending };
  }

  /** A form that was sent twice, or once more with another password: the mail that went is for what was said last. */
  async function replaceOwn(connection: Connection, addressKey: string, pending: Pending): Promise<void> {
    const now = clock.now();
    for (const { hash, data } of await listOneTime(connection, addressKey, { purpose: "signUp", now }))
      if ((data as unknown as Pending | null)?.continuation === pending.continuation)
        await rewriteOneTime(connection, hash, { data: { ...pending }, now });
  }
}
