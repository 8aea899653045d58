import { AppError, type Actor } from "#contract";
import type { Connection } from "#database";
import { createSeal } from "../../records/seal.ts";
import { usedLink, wrongCode } from "../auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt } from "../auth-parts.ts";
import { findOneTime, issueOneTime, takeTry, useOneTime } from "../one-time-tokens.ts";
import { dropRecoveryCodes, dropTotp, findTotp, keepTotp, useStep } from "./factor-tables.ts";
import { type FactorAdded, type FactorOwner, factorAdded, ownerAccount, tellOwner } from "./factor-owner.ts";
import { requiresFactor } from "./pending-sign-in.ts";
import { qrCode } from "./qr-code.ts";
import { recentlyProved } from "./recent-proof.ts";
import type { RecoveryCodes } from "./recovery-codes.ts";
import { matchingStep, newTotpSecret, toBase32, totpUri } from "./totp-code.ts";

/** What an authenticator app needs, all three the same secret. Nothing counts before a code of it came back. */
export interface TotpEnrolment {
  /** What goes with the code: for a quarter of an hour. */
  readonly enrolment: string;
  /** Base32, to be typed. */
  readonly secret: string;
  /** `otpauth://totp/...` */
  readonly uri: string;
  /** SVG: the same as a QR code. */
  readonly qr: string;
}

export interface Totp {
  begin(owner: FactorOwner, request: AuthRequest): Promise<TotpEnrolment>;
  /** The same once more, for a page that is shown again. Throws `usedLink`. */
  show(owner: FactorOwner, enrolment: unknown): Promise<TotpEnrolment>;
  /** Takes the place of an authenticator app from before. Throws `wrongCode`, and `usedLink` after ten of those. */
  confirm(
    owner: FactorOwner,
    input: { readonly enrolment: unknown; readonly code: unknown },
    request: AuthRequest,
  ): Promise<FactorAdded>;
  /** Throws `notFound`, `proofRequired`, and `stillNeeded` where a role asks for a factor and there is no passkey. */
  remove(me: Actor, request: AuthRequest): Promise<void>;
  /** Whether that is the code of now, once: in the transaction of that connection. */
  check(connection: Connection, user: string, code: unknown): Promise<boolean>;
}

const MOST_TRIES = 10;

export function createTotp(parts: AuthParts, recoveryCodes: RecoveryCodes): Totp {
  const { definition, database, clock, site, factorKeys } = parts;
  const seal = createSeal(factorKeys);
  const purposeOf = (user: string): string => `totp of ${user}`;

  function open(sealed: string, user: string): Uint8Array {
    const secret = seal.open(sealed, purposeOf(user));
    if (secret === undefined)
      throw new Error(
        "The secret of an authenticator app was kept under another secret than the data directory has: restore token-secret and previous-secrets with the database, or take the factor away by chassis user reset-factors.",
      );
    return Buffer.from(secret, "base64url");
  }

  async function shown(enrolment: string, secret: Uint8Array, account: string): Promise<TotpEnrolment> {
    const uri = totpUri(secret, { issuer: new URL(site()).hostname, account });
    return { enrolment, secret: toBase32(secret), uri, qr: await qrCode(uri) };
  }

  async function find(owner: FactorOwner, given: unknown) {
    const { account, counts } = await ownerAccount(parts, database, owner);
    const found = await findOneTime(database, given, { purpose: "totp", now: clock.now() });
    if (found === undefined || found.user !== account.user) throw usedLink();
    const secret = open((found.data as { readonly secret: string }).secret, account.user);
    return { account, counts, secret, hash: found.hash };
  }

  return {
    async begin(owner, request) {
      await countAttempt(parts, request);
      const secret = newTotpSecret();
      const { account, enrolment } = await database.transaction(async (connection) => {
        const { account } = await ownerAccount(parts, connection, owner);
        const data = { secret: seal.close(Buffer.from(secret).toString("base64url"), purposeOf(account.user)) };
        const token = { purpose: "totp", user: account.user, addressKey: "", data, now: clock.now() } as const;
        return { account, enrolment: await issueOneTime(connection, token) };
      });
      return shown(enrolment, secret, account.address ?? account.user);
    },

    async show(owner, enrolment) {
      const { account, secret } = await find(owner, enrolment);
      return shown(String(enrolment), secret, account.address ?? account.user);
    },

    async confirm(owner, { enrolment, code }, request) {
      await countAttempt(parts, request);
      const { account, counts, secret, hash } = await find(owner, enrolment);
      const isLeft = await database.transaction((connection) => takeTry(connection, hash, MOST_TRIES), { brief: true });
      if (!isLeft) throw usedLink();
      const step = matchingStep(secret, code, { now: clock.now(), last: -1 });
      if (step === undefined) throw wrongCode();
      // Used up first: of many at once, one goes on to what takes a processor.
      const purpose = { purpose: "totp", now: clock.now() } as const;
      const used = await database.transaction((connection) => useOneTime(connection, enrolment, purpose), { brief: true });
      if (used === undefined) throw usedLink();
      const { secret: sealed } = used.data as { readonly secret: string };
      const recovery = counts.recoveryCodes > 0 ? undefined : await recoveryCodes.make(request.signal);
      return database.transaction(async (connection) => {
        await ownerAccount(parts, connection, owner);
        await keepTotp(connection, account.user, { secret: sealed, lastStep: step, created: clock.now() });
        return factorAdded(parts, connection, { owner, account, proof: "totp", recovery, request });
      });
    },

    async remove(me, request) {
      await database.transaction(async (connection) => {
        const { account, counts } = await recentlyProved(parts, connection, me);
        if (counts.totp === 0) throw new AppError("notFound", { message: "There is no authenticator app." });
        if (requiresFactor(definition, account.roles) && counts.passkeys === 0)
          throw new AppError("stillNeeded", {
            message: "A role of this account needs a second factor, and there is no other: add a passkey first.",
          });
        await dropTotp(connection, me.id);
        // Of no use without a second factor, and a way in for whoever finds them once there is one again.
        if (!requiresFactor(definition, account.roles)) await dropRecoveryCodes(connection, me.id);
        await tellOwner(parts, connection, { account, type: "totpRemoved", request });
      });
    },

    async check(connection, user, code) {
      const kept = await findTotp(connection, user);
      if (kept === undefined) return false;
      const step = matchingStep(open(kept.secret, user), code, { now: clock.now(), last: kept.lastStep });
      return step !== undefined && useStep(connection, user, step);
    },
  };
}
