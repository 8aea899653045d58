import { setTimeout as pause } from "node:timers/promises";
import type { Json } from "#contract";
import type { AuthMessage } from "./auth-mails.ts";
import type { AuthParts, AuthRequest } from "./auth-parts.ts";
import { takeMail } from "./mail-budget.ts";
import { issueOneTime, type OneTimePurpose } from "./one-time-tokens.ts";
import { isSignedIn } from "./sessions.ts";

export interface MailRequest {
  /** Of the address that was typed. */
  readonly key: string;
  readonly purpose: OneTimePurpose;
  readonly request: AuthRequest;
  readonly data?: Json;
  readonly message: (token: string) => AuthMessage;
}

/**
 * Milliseconds that asking takes at the least. To hand a mail over takes some tenths of one, and whoever measures on the same network sees a fifth of
 * one; this is more than either takes on a machine that is not busy.
 */
const LEAST_TIME = 30;

/**
 * Sends something secret to the account of an address. Where there is none, where it is suspended, or where that would be too much mail, a
 * token is written that is good for nothing: neither the answer nor the time that it takes tells. Gives the token, whatever it is.
 */
export async function requestMail(
  parts: AuthParts,
  { key, purpose, request, data = null, message }: MailRequest,
): Promise<string> {
  const { database, accounts, send, codeKey, clock } = parts;
  const { caller, language } = request;
  const started = clock.monotonic();
  const token = await database.transaction(async (connection) => {
    const now = clock.now();
    const account = await accounts.findByAddress(connection, key);
    const isWanted = account !== undefined && !account.suspended && account.address !== null;
    // Of an address without an account likewise: it takes as long.
    const isOwner = await isSignedIn(connection, account?.user ?? "", { request, now });
    if (!(await takeMail(connection, codeKey, { addressKey: key, kind: purpose, caller, isOwner, now })) || !isWanted)
      return issueOneTime(connection, { purpose: "decoy", user: null, addressKey: key, data, now });
    const token = await issueOneTime(connection, { purpose, user: account.user, addressKey: key, data, now });
    await send(connection, { to: account.address, language, message: message(token) });
    return token;
  });
  await pause(Math.max(0, started + LEAST_TIME - clock.monotonic()));
  return token;
}
