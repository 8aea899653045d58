import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Seconds that a code stands (RFC 6238 section 5.2). */
const PERIOD = 30;
const DIGITS = 6;
/** Steps before and after the present one whose codes are taken too: clocks differ, and typing takes a while. */
const DRIFT = 1;
/** 160 bits, as long as the hash (RFC 4226 section 4, requirement 6). */
const SECRET_BYTES = 20;

export function newTotpSecret(): Uint8Array {
  return new Uint8Array(randomBytes(SECRET_BYTES));
}

/** Which step a moment (milliseconds since 1970) lies in. */
export function stepOf(now: number): number {
  return Math.floor(now / 1000 / PERIOD);
}

/** The code of a step: RFC 6238 with SHA-1, which every authenticator app has, and six digits. */
export function totpCode(secret: Uint8Array, step: number, digits: number = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const tag = createHmac("sha1", secret).update(counter).digest();
  // Dynamic truncation (RFC 4226 section 5.3).
  const offset = (tag.at(-1) ?? 0) & 0xf;
  const number = tag.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * The step whose code was given, of those that may be meant now and come after `last`; undefined where none is. Each is compared, so that the
 * time tells nothing.
 */
export function matchingStep(
  secret: Uint8Array,
  given: unknown,
  { now, last }: { readonly now: number; readonly last: number },
): number | undefined {
  const typed = Buffer.from(typeof given === "string" ? given.replaceAll(/[\s-]/g, "") : "");
  const present = stepOf(now);
  let found: number | undefined;
  for (let step = present - DRIFT; step <= present + DRIFT; step++) {
    const code = Buffer.from(totpCode(secret, step));
    const isEqual = typed.byteLength === code.byteLength && timingSafeEqual(typed, code);
    if (isEqual && step > last && found === undefined) found = step;
  }
  return found;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Base32 without padding (RFC 4648 section 6): how authenticator apps take a secret that is typed. */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31];
}

/** What the QR code holds: the key URI format of authenticator apps. Neither name may have a colon in it, which parts them. */
export function totpUri(secret: Uint8Array, { issuer, account }: { readonly issuer: string; readonly account: string }): string {
  const name = (text: string): string => encodeURIComponent(text.replaceAll(":", " "));
  const query = `secret=${toBase32(secret)}&issuer=${name(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${PERIOD}`;
  return `otpauth://totp/${name(issuer)}:${name(account)}?${query}`;
}
