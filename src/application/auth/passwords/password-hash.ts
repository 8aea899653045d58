import type { argon2 as Argon2 } from "node:crypto";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** What it costs to try one password. */
export interface HashCost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP's Password Storage Cheat Sheet (2025) for Argon2id: what is stored at less is hashed anew at the next sign-in. */
export const passwordCost: HashCost = { memory: 19_456, passes: 2, parallelism: 1 };

interface StoredHash extends HashCost {
  readonly salt: Uint8Array;
  readonly tag: Uint8Array;
}

const SALT_BYTES = 16;
const TAG_BYTES = 32;
// Not by import, which fails as a whole where a runtime has not got it.
const { argon2 } = process.getBuiltinModule("node:crypto") as { readonly argon2?: typeof Argon2 };
const derive = argon2 && promisify(argon2);

/** Whether this runtime can hash passwords: Node.js and Bun can. */
export const canHashPasswords: boolean = derive !== undefined;

// The PHC string format, as libsodium and the reference implementation write it: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`.
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

export function newSalt(): Uint8Array {
  return randomBytes(SALT_BYTES);
}

/** Argon2id (RFC 9106) over the password's UTF-8, by default with a salt of its own. It runs in a thread of libuv's. */
export async function hashPassword(
  password: string,
  cost: HashCost = passwordCost,
  salt: Uint8Array = newSalt(),
): Promise<string> {
  const tag = await tagOf(password, { ...cost, salt, tag: new Uint8Array(TAG_BYTES) });
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** The hash of another text with the cost and the salt of one that is there: the same where the texts are. Throws where `stored` is no hash of this kind. */
export function hashLike(text: string, stored: string): Promise<string> {
  const { salt, ...cost } = parseHash(stored);
  return hashPassword(text, cost, salt);
}

/** Whether it is the password, at the hash's own cost. Throws where `stored` is no hash of this kind. */
export async function matchesHash(password: string, stored: string): Promise<boolean> {
  const parsed = parseHash(stored);
  return timingSafeEqual(await tagOf(password, parsed), parsed.tag);
}

/** Whether the hash was made at another cost than today's. */
export function isOutdated(stored: string, { memory, passes, parallelism }: HashCost = passwordCost): boolean {
  const parsed = parseHash(stored);
  return parsed.memory !== memory || parsed.passes !== passes || parsed.parallelism !== parallelism;
}

function tagOf(password: string, { memory, passes, parallelism, salt, tag }: StoredHash): Promise<Buffer> {
  if (derive === undefined) throw new Error("This runtime has no Argon2id.");
  return derive("argon2id", { message: password, nonce: salt, memory, passes, parallelism, tagLength: tag.byteLength });
}

function parseHash(stored: string): StoredHash {
  const match = PHC.exec(stored);
  if (match === null) throw new Error("A stored password hash is not one of Argon2id.");
  const [, memory, passes, parallelism, salt = "", tag = ""] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}
