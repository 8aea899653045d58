import type { Json } from "#contract";
import type { Connection } from "#database";
import { oneTimeTable } from "./auth-tables.ts";
import { hashOf, hashSecret, newSecret } from "./secret-token.ts";

const MINUTE = 60_000;

/** What a one-time token is for, and how long it is good: milliseconds. */
export const oneTimePurposes: Readonly<Record<OneTimePurpose, number>> = {
  signUp: 24 * 60 * MINUTE,
  reset: 60 * MINUTE,
  verify: 24 * 60 * MINUTE,
  link: 10 * MINUTE,
  code: 10 * MINUTE,
  change: 24 * 60 * MINUTE,
  /** A sign-in that waits for a second factor. */
  factor: 10 * MINUTE,
  /** An authenticator app that is being set up. */
  totp: 15 * MINUTE,
  /** What a passkey is to sign. */
  passkey: 5 * MINUTE,
  /** Somebody who has gone to another site to sign in. */
  oauth: 10 * MINUTE,
  /** Somebody whom another site knows, before there is an account. */
  oauthSignUp: 24 * 60 * MINUTE,
  /** Likewise, once a mail is on its way to the address that they gave. */
  oauthConfirm: 24 * 60 * MINUTE,
  /** What an app asked for, while somebody shows who they are. */
  appRequest: 60 * MINUTE,
  /** Handed over by an administrator, not by mail. */
  invite: 3 * 24 * 60 * MINUTE,
  /** Keeps an account whose owner asked for its end: as long as the longest time that there can be for it. */
  keep: 30 * 24 * 60 * MINUTE,
  /** Good for nothing: written where nobody is to see that there was nothing to write. As long as the longest that can be tried out. */
  decoy: 10 * MINUTE,
};

export type OneTimePurpose =
  | "signUp"
  | "reset"
  | "verify"
  | "link"
  | "code"
  | "change"
  | "factor"
  | "totp"
  | "passkey"
  | "oauth"
  | "oauthSignUp"
  | "oauthConfirm"
  | "appRequest"
  | "invite"
  | "keep"
  | "decoy";

export interface NewOneTimeToken {
  readonly purpose: OneTimePurpose;
  /** Whose it is; null where there is no account yet. */
  readonly user: string | null;
  /** The key of the address that it is sent to; empty for none. */
  readonly addressKey: string;
  readonly data: Json;
  readonly now: number;
}

export interface OneTimeToken {
  readonly hash: Uint8Array;
  readonly user: string | null;
  readonly addressKey: string;
  readonly data: Json;
  /** How many tries were taken: see `takeTry`. */
  readonly tries: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

const columns = "hash, user, address_key, data, tries, created";

/** Makes a token and keeps its hash: what it gives is for one mail, and nobody sees it again. */
export async function issueOneTime(connection: Connection, token: NewOneTimeToken): Promise<string> {
  const { purpose, user, addressKey, data, now } = token;
  const secret = newSecret();
  await connection.run(
    `INSERT INTO ${oneTimeTable} (hash, purpose, user, address_key, data, tries, created, expires) VALUES (?, ?, ?, ?, ?, 0, ?, ?)`,
    [hashOf(secret), purpose, user, addressKey, JSON.stringify(data), now, now + oneTimePurposes[purpose]],
  );
  return secret;
}

/** Looks at a token without using it up. */
export async function findOneTime(
  connection: Pick<Connection, "get">,
  given: unknown,
  { purpose, now }: { readonly purpose: OneTimePurpose; readonly now: number },
): Promise<OneTimeToken | undefined> {
  const hash = hashSecret(given);
  if (hash === undefined) return undefined;
  const row = await connection.get(`SELECT ${columns} FROM ${oneTimeTable} WHERE hash = ? AND purpose = ? AND expires > ?`, [
    hash,
    purpose,
    now,
  ]);
  return row === undefined ? undefined : readToken(row);
}

/**
 * Uses a token up: of however many that try it at once, one gets it. To be called in the transaction that does what it is good for, so that
 * it is good again where that fails.
 */
export async function useOneTime(
  connection: Connection,
  given: unknown,
  { purpose, now }: { readonly purpose: OneTimePurpose; readonly now: number },
): Promise<OneTimeToken | undefined> {
  const hash = hashSecret(given);
  if (hash === undefined) return undefined;
  const statement = `DELETE FROM ${oneTimeTable} WHERE hash = ? AND purpose = ? AND expires > ? RETURNING ${columns}`;
  const row = await connection.get(statement, [hash, purpose, now]);
  return row === undefined ? undefined : readToken(row);
}

/**
 * Takes one of the tries that are left of a token, before what was given with it is compared: so that many at once are no more tries than one
 * after the other. False where none is left.
 */
export async function takeTry(connection: Connection, hash: Uint8Array, most: number): Promise<boolean> {
  return (await connection.run(`UPDATE ${oneTimeTable} SET tries = tries + 1 WHERE hash = ? AND tries < ?`, [hash, most])) === 1;
}

const drop = `DELETE FROM ${oneTimeTable} WHERE user = ?`;

/** Those of a user for one purpose are good no more. */
export async function dropTokensFor(connection: Connection, user: string, purpose: OneTimePurpose): Promise<void> {
  await connection.run(`${drop} AND purpose = ?`, [user, purpose]);
}

/** Writes something else into a token that waits. False where it is gone. */
export async function rewriteOneTime(
  connection: Connection,
  hash: Uint8Array,
  { data, now }: { readonly data: Json; readonly now: number },
): Promise<boolean> {
  const statement = `UPDATE ${oneTimeTable} SET data = ? WHERE hash = ? AND expires > ?`;
  return (await connection.run(statement, [JSON.stringify(data), hash, now])) === 1;
}

/** Those that are good, of an address and for one purpose. */
export async function listOneTime(
  connection: Pick<Connection, "all">,
  addressKey: string,
  { purpose, now }: { readonly purpose: OneTimePurpose; readonly now: number },
): Promise<readonly OneTimeToken[]> {
  const statement = `SELECT ${columns} FROM ${oneTimeTable} WHERE address_key = ? AND purpose = ? AND expires > ?`;
  return (await connection.all(statement, [addressKey, purpose, now])).map(readToken);
}

/** Those of an address for one purpose: all others of a pending sign-up, say. */
export async function dropOneTime(connection: Connection, addressKey: string, purpose: OneTimePurpose): Promise<void> {
  await connection.run(`DELETE FROM ${oneTimeTable} WHERE address_key = ? AND purpose = ?`, [addressKey, purpose]);
}

/** All of a user's are good no more, whatever they are for: what was sent before must not undo what happened since. */
export async function dropUserTokens(connection: Connection, user: string): Promise<void> {
  await connection.run(drop, [user]);
}

function readToken(row: readonly unknown[]): OneTimeToken {
  const [hash, user, addressKey, data, tries, created] = row;
  return {
    hash: hash as Uint8Array,
    user: user as string | null,
    addressKey: String(addressKey),
    data: JSON.parse(String(data)) as Json,
    tries: Number(tries),
    created: Number(created),
  };
}
