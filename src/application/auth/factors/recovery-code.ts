import { randomInt } from "node:crypto";

/** How many a set has. */
const RECOVERY_CODES = 10;
const LENGTH = 10;
/** Crockford's base32: nothing in it looks like anything else. 50 bits a code. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A set, as it is shown once: `7KQ2M-X9RTA`. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
  });
}

/** A code as it is hashed, however it was typed; undefined for what cannot be one. */
export function readRecoveryCode(given: unknown): string | undefined {
  if (typeof given !== "string" || given.length > 64) return undefined;
  const text = given.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return text.length === LENGTH && [...text].every((letter) => LETTERS.includes(letter)) ? text : undefined;
}
