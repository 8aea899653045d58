import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "#contract";

/** What was signed: the body as it came, byte for byte. JSON that was read and written again is another. */
export type WebhookPayload = string | Uint8Array;

/** One secret, or while one replaces another, both. */
export type WebhookSecrets = string | readonly string[];

/** What a signature is checked with. */
export interface VerifyOptions {
  readonly secret: WebhookSecrets;
  /** How far the sender's clock and the network may be off, in milliseconds: 300,000. */
  readonly tolerance?: number;
  /** The time to compare with, for tests. */
  readonly now?: Date;
}

/** Throws TypeError where there is none: an unset secret must not become one that everybody knows. */
export function readSecrets(written: WebhookSecrets): readonly string[] {
  const secrets = typeof written === "string" ? [written] : [...written];
  const isUsable = secrets.length > 0 && secrets.every((secret) => typeof secret === "string" && secret.trim() !== "");
  if (!isUsable) throw new TypeError("The webhook's secret is missing: give the one that the sender shows.");
  return secrets;
}

/** HMAC-SHA256 over the parts, one after another. */
export function hmac(key: string | Uint8Array, ...parts: readonly WebhookPayload[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Whether one of the given signatures is one of the right ones. Takes the same time wherever they differ (CWE-208). */
export function matchesOne(given: readonly Buffer[], right: readonly Buffer[]): boolean {
  let found = false;
  for (const each of given) {
    for (const one of right) if (each.length === one.length && timingSafeEqual(each, one)) found = true;
  }
  return found;
}

/** Seconds since 1970 as a sender writes them, if they are near enough: what is old may be a message that somebody kept and sends again. */
export function checkTime(written: string | null, { tolerance = 300_000, now = new Date() }: VerifyOptions): Date {
  if (written === null || !/^\d{1,12}$/.test(written)) throw invalidSignature("It has no time that can be read.");
  const time = new Date(Number(written) * 1000);
  if (!(Math.abs(now.getTime() - time.getTime()) <= tolerance))
    throw invalidSignature("Its time is too far from this server's: an old message, or a clock that is wrong.");
  return time;
}

export function invalidSignature(details: string): AppError {
  return new AppError("invalidSignature", { details });
}
