import type { Connection, ResultRow } from "#database";
import { passkeyTable } from "../factor-tables.ts";

/** A passkey as its owner sees it. */
export interface Passkey {
  /** The credential's id: base64url. */
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string;
  /** ISO 8601, UTC, as all times here. */
  readonly created: string;
  /** When it last signed somebody in; null for never. */
  readonly used: string | null;
  /** It is kept by an account that has it on several devices, not by one device alone. */
  readonly synced: boolean;
}

/** A passkey with what its answers are held to. */
export interface KeptPasskey {
  readonly id: string;
  readonly user: string;
  /** What authenticators know its owner by: random, the same for all of an account. */
  readonly handle: string;
  readonly publicKey: Uint8Array;
  readonly transports: readonly string[];
}

export interface NewPasskey extends KeptPasskey {
  readonly name: string;
  readonly counter: number;
  readonly synced: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Reader = Pick<Connection, "get" | "all">;

const shown = "id, name, created, used, synced";
const kept = "id, user, handle, public_key, transports";

export async function listPasskeys(connection: Reader, user: string): Promise<readonly Passkey[]> {
  return (await connection.all(`SELECT ${shown} FROM ${passkeyTable} WHERE user = ? ORDER BY created, id`, [user])).map(
    readShown,
  );
}

export async function passkeysOf(connection: Reader, user: string): Promise<readonly KeptPasskey[]> {
  return (await connection.all(`SELECT ${kept} FROM ${passkeyTable} WHERE user = ? ORDER BY created, id`, [user])).map(readKept);
}

export async function findPasskey(connection: Reader, id: string): Promise<KeptPasskey | undefined> {
  const row = await connection.get(`SELECT ${kept} FROM ${passkeyTable} WHERE id = ?`, [id]);
  return row === undefined ? undefined : readKept(row);
}

/** False where there is one of that id, whosever it is. */
export async function insertPasskey(connection: Connection, passkey: NewPasskey): Promise<boolean> {
  const { id, user, handle, name, publicKey, counter, transports, synced, now } = passkey;
  const changed = await connection.run(
    `INSERT INTO ${passkeyTable} (id, user, handle, name, public_key, counter, transports, synced, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO NOTHING`,
    [id, user, handle, name, publicKey, counter, JSON.stringify(transports), synced ? 1 : 0, now],
  );
  return changed === 1;
}

/**
 * Writes down that it was used. False where it is gone, and where its counter has not gone up: then there are two of it (WebAuthn level 3, section
 * 6.1.1). Most passkeys do not count, and say 0 each time.
 */
export async function usePasskey(
  connection: Connection,
  { id, user, counter, synced, now }: Pick<NewPasskey, "id" | "user" | "counter" | "synced" | "now">,
): Promise<boolean> {
  const changed = await connection.run(
    `UPDATE ${passkeyTable} SET counter = ?1, synced = ?2, used = ?3
      WHERE id = ?4 AND user = ?5 AND (counter < ?1 OR (counter = 0 AND ?1 = 0))`,
    [counter, synced ? 1 : 0, now, id, user],
  );
  return changed === 1;
}

export async function renamePasskey(
  connection: Connection,
  { id, user, name }: Pick<NewPasskey, "id" | "user" | "name">,
): Promise<boolean> {
  return (await connection.run(`UPDATE ${passkeyTable} SET name = ? WHERE id = ? AND user = ?`, [name, id, user])) === 1;
}

export async function dropPasskey(connection: Connection, user: string, id: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${passkeyTable} WHERE id = ? AND user = ?`, [id, user])) === 1;
}

/** All of a user's. */
export async function dropPasskeys(connection: Connection, user: string): Promise<void> {
  await connection.run(`DELETE FROM ${passkeyTable} WHERE user = ?`, [user]);
}

function readShown([id, name, created, used, synced]: ResultRow): Passkey {
  const moment = (value: unknown): string => new Date(Number(value)).toISOString();
  return {
    id: String(id),
    name: String(name),
    created: moment(created),
    used: used === null ? null : moment(used),
    synced: synced === 1,
  };
}

function readKept([id, user, handle, publicKey, transports]: ResultRow): KeptPasskey {
  return {
    id: String(id),
    user: String(user),
    handle: String(handle),
    publicKey: publicKey as Uint8Array,
    transports: JSON.parse(String(transports)) as readonly string[],
  };
}
