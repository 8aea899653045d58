import { createHmac, randomInt, timingSafeEqual } from "node:crypto";
import type { Connection } from "#database";
import { wrongCode } from "./auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, readTypedAddress } from "./auth-parts.ts";
import { mailDistance } from "./mail-budget.ts";
import { findOneTime, type OneTimeToken, takeTry, useOneTime } from "./one-time-tokens.ts";
import { requestMail } from "./request-mail.ts";
import type { SignInOutcome } from "./factors/pending-sign-in.ts";
import { signInByMail } from "./sign-in-link.ts";

export interface SignInCode {
  /**
   * Sends a code to the account of that address; where there is none, nothing. What it gives must be handed in with the code: so a code is good only
   * where it was asked for, and nobody uses up the tries of somebody else's. `before` is what it gave last: asked again within a minute, while no
   * other mail may go, it gives the same, for the code that is on its way.
   */
  request(
    input: { readonly email: unknown; readonly before?: unknown },
    request: AuthRequest,
  ): Promise<{ readonly request: string }>;
  /** Signs in, once. Throws `wrongCode`, after five of which the code is good no more. */
  use(input: { readonly request: unknown; readonly code: unknown }, request: AuthRequest): Promise<SignInOutcome>;
}

/** 26 bits, with five tries: ASVS 5.0, 6.5.4 and 6.6.3. */
const DIGITS = 8;
const MOST_TRIES = 5;

export function createSignInCode(parts: AuthParts): SignInCode {
  const { database, codeKey, clock } = parts;
  // Short enough to be tried out by whoever has a copy of the database, so it takes a key that is not in it.
  const seal = (addressKey: string, code: string): string =>
    createHmac("sha256", codeKey).update(`${addressKey}\0${code}`).digest("hex");

  async function find(connection: Pick<Connection, "get">, given: unknown): Promise<OneTimeToken | undefined> {
    const now = clock.now();
    // What was given where nothing was sent is tried out likewise, and takes as long.
    return (
      (await findOneTime(connection, given, { purpose: "code", now })) ??
      (await findOneTime(connection, given, { purpose: "decoy", now }))
    );
  }

  return {
    async request({ email, before }, request) {
      const { key } = readTypedAddress(email);
      await countAttempt(parts, request);
      // Of an address without an account likewise: there is no code on its way, and nobody can tell.
      const last = await find(database, before);
      if (
        typeof before === "string" &&
        last?.addressKey === key &&
        last.tries < MOST_TRIES &&
        last.created > clock.now() - mailDistance
      )
        return { request: before };
      const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0");
      const token = await requestMail(parts, {
        key,
        purpose: "code",
        request,
        data: { seal: seal(key, code) },
        message: () => ({ type: "signInCode", code: `${code.slice(0, 4)} ${code.slice(4)}` }),
      });
      return { request: token };
    },

    async use({ request: given, code }, request) {
      await countAttempt(parts, request);
      const typed = typeof code === "string" ? code.replaceAll(/[\s-]/g, "") : "";
      const session = await database.transaction(async (connection) => {
        const found = await find(connection, given);
        if (found === undefined || !(await takeTry(connection, found.hash, MOST_TRIES))) return undefined;
        const { seal: kept } = found.data as { readonly seal: string };
        const isRight = timingSafeEqual(Buffer.from(seal(found.addressKey, typed), "hex"), Buffer.from(kept, "hex"));
        if (!isRight || found.user === null) return undefined;
        const used = await useOneTime(connection, given, { purpose: "code", now: clock.now() });
        return used && signInByMail(parts, connection, { user: found.user, proof: "code", request });
      });
      // Not before the try has been kept.
      if (session === undefined) throw wrongCode();
      return session;
    },
  };
}
