import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits, as text: 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Whether something that was given has the form of a secret. */
export function isSecret(given: unknown): given is string {
  return typeof given === "string" && SECRET.test(given);
}

/** What is kept of a secret: SHA-256, for there is nothing to guess in 256 random bits. Undefined for what cannot be one. */
export function hashSecret(secret: unknown): Uint8Array | undefined {
  return isSecret(secret) ? hash("sha256", secret, "buffer") : undefined;
}

/** The same for one that was just made. */
export function hashOf(secret: string): Uint8Array {
  const hash = hashSecret(secret);
  if (hash === undefined) throw new TypeError("This is not a secret that newSecret made.");
  return hash;
}

/** Whether a secret that was given is the one of this hash (hexadecimal). */
export function matchesSecret(given: unknown, hash: string): boolean {
  const own = hashSecret(given);
  const kept = Buffer.from(hash, "hex");
  return own !== undefined && own.byteLength === kept.byteLength && timingSafeEqual(own, kept);
}
