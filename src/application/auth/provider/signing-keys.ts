import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Clock } from "#base";
import type { Connection, Database } from "#database";
import type { Keys } from "../../access/keys.ts";
import { createSeal } from "../../records/seal.ts";
import type { SigningAlgorithm } from "./client-table.ts";
import { signingAlgorithms } from "./client-table.ts";
import { signingKeyTable } from "./provider-tables.ts";

const DAY = 86_400_000;
/** Milliseconds after which another key signs. */
const KEY_TIME = 90 * DAY;
/** Milliseconds that it is published before it signs: apps may keep the keys that they were given for a while. */
const AHEAD = DAY;
/** Keys that are kept unsealed: those of two algorithms, and the next ones. */
const MOST_KNOWN = 4;
/** Milliseconds for which a key that signs no more is still published: apps come back with what it signed when people sign out. */
const KEPT = 30 * DAY;

export interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of ID tokens. The database has them, the private half sealed under the data directory's secret; each is made when it is first needed. */
export interface SigningKeys {
  /** The one that signs now. */
  current(algorithm: SigningAlgorithm): Promise<SigningKey>;
  /** The public halves of all that may have signed what is still about (RFC 7517). */
  published(): Promise<readonly JWK[]>;
}

export interface SigningKeysOptions {
  readonly database: Database;
  /** Of every generation of the secret, the present one first. */
  readonly keys: Keys;
  readonly clock: Clock;
}

export function createSigningKeys({ database, keys, clock }: SigningKeysOptions): SigningKeys {
  const seal = createSeal(keys);
  // By id: what was unsealed and parsed once.
  const known = new Map<string, KeyObject>();
  const making = new Map<SigningAlgorithm, Promise<SigningKey>>();

  /** The oldest of those that may sign: the next one lies beside it until its time has come. */
  async function find(algorithm: SigningAlgorithm): Promise<(SigningKey & { readonly isLast: boolean }) | undefined> {
    const rows = await database.all(
      `SELECT id, private, created, retired FROM ${signingKeyTable}
        WHERE algorithm = ? AND (retired IS NULL OR retired > ?) ORDER BY created, id`,
      [algorithm, clock.now()],
    );
    for (const [id, sealed, created, retired] of rows) {
      const key = open(String(id), String(sealed));
      // Its secret was thrown away: another key takes its place, and what it signed is still known by its public half.
      if (key === undefined) continue;
      return { id: String(id), key, isLast: retired === null && Number(created) <= clock.now() - (KEY_TIME - AHEAD) };
    }
    return undefined;
  }

  function open(id: string, sealed: string): KeyObject | undefined {
    const before = known.get(id);
    if (before !== undefined) return before;
    const opened = seal.open(sealed, purposeOf(id));
    if (opened === undefined) return undefined;
    const key = createPrivateKey({ key: Buffer.from(opened, "base64"), format: "der", type: "pkcs8" });
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(id, key);
    return key;
  }

  /** Those that sign until now do so for `ahead` milliseconds more. */
  async function make(algorithm: SigningAlgorithm, ahead: number): Promise<SigningKey> {
    const { calculateJwkThumbprint } = await import("jose");
    const key = await newKey(algorithm);
    const jwk = createPublicKey(key).export({ format: "jwk" }) as JWK;
    const id = await calculateJwkThumbprint(jwk);
    const secret = key.export({ format: "der", type: "pkcs8" }).toString("base64");
    const now = clock.now();
    await database.transaction(async (connection) => {
      await connection.run(`UPDATE ${signingKeyTable} SET retired = ? WHERE algorithm = ? AND retired IS NULL`, [
        now + ahead,
        algorithm,
      ]);
      await connection.run(`DELETE FROM ${signingKeyTable} WHERE retired < ?`, [now - KEPT]);
      await connection.run(`INSERT INTO ${signingKeyTable} (id, algorithm, public, private, created) VALUES (?, ?, ?, ?, ?)`, [
        id,
        algorithm,
        JSON.stringify({ ...jwk, kid: id, use: "sig", alg: algorithm }),
        seal.close(secret, purposeOf(id)),
        now,
      ]);
    });
    return { id, key };
  }

  async function current(algorithm: SigningAlgorithm): Promise<SigningKey> {
    const found = await find(algorithm);
    if (found !== undefined && !found.isLast) return found;
    // Many may ask at once, and one key is enough.
    const underWay =
      making.get(algorithm) ?? make(algorithm, found === undefined ? 0 : AHEAD).finally(() => making.delete(algorithm));
    making.set(algorithm, underWay);
    const made = await underWay;
    return found ?? made;
  }

  return {
    current,
    async published() {
      for (const algorithm of signingAlgorithms) await current(algorithm);
      const rows = await database.all(
        `SELECT public FROM ${signingKeyTable} WHERE retired IS NULL OR retired > ? ORDER BY created DESC, id`,
        [clock.now() - KEPT],
      );
      return rows.map(([text]) => JSON.parse(String(text)) as JWK);
    },
  };
}

/** Another key signs from now on; those from before are published for a while yet. */
export async function retireSigningKeys(connection: Connection, now: number): Promise<void> {
  await connection.run(`UPDATE ${signingKeyTable} SET retired = ? WHERE retired IS NULL OR retired > ?`, [now, now]);
}

function purposeOf(id: string): string {
  return `oidc key ${id}`;
}

const generate = promisify(generateKeyPair);

async function newKey(algorithm: SigningAlgorithm): Promise<KeyObject> {
  const { privateKey } =
    algorithm === "ES256"
      ? await generate("ec", { namedCurve: "P-256" })
      : await generate("rsa", { modulusLength: 2048, publicExponent: 0x1_00_01 });
  return privateKey;
}
