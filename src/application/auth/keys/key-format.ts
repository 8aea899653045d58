import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { hashSecret } from "../secret-token.ts";

/** Begins every key, so that it is known for what it is wherever it turns up: in a log, a repository, a paste. */
const PREFIX = "chk_";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 62^43 is just more than 2^256, and 62^6 more than 2^32. */
const SECRET_LENGTH = 43;
const CHECK_LENGTH = 6;

const KEY = /^chk_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** How many of its characters are shown in lists: enough to tell keys apart, and nothing to guess from. */
const SHOWN = 10;

export interface NewKeyText {
  /** The key itself. It is kept nowhere. */
  readonly text: string;
  readonly hash: Uint8Array;
  /** What it begins with. */
  readonly start: string;
}

/**
 * A key: `chk_`, 256 random bits as 43 digits of base 62, and their CRC-32 as 6. A double click takes all of it, and whoever looks for keys that
 * leaked knows one from what only looks like it without asking anybody. The check is no secret: it protects nothing.
 */
export function newKey(): NewKeyText {
  const secret = digits(BigInt(`0x${randomBytes(32).toString("hex")}`), SECRET_LENGTH);
  const text = `${PREFIX}${secret}${checkOf(secret)}`;
  const hash = hashSecret(secret);
  if (hash === undefined) throw new TypeError("A key has a secret of 43 characters.");
  return { text, hash, start: text.slice(0, SHOWN) };
}

/** Whether it is to be read as a key. */
export function isKey(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** The hash by which a key is found; undefined for what cannot be one: that is told without asking the database. */
export function keyHash(token: string): Uint8Array | undefined {
  const [, secret = "", check] = KEY.exec(token) ?? [];
  return check !== undefined && checkOf(secret) === check ? hashSecret(secret) : undefined;
}

function checkOf(secret: string): string {
  return digits(BigInt(crc32(PREFIX + secret)), CHECK_LENGTH);
}

function digits(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let index = 0; index < length; index++) {
    text = (DIGITS[Number(rest % 62n)] ?? "") + text;
    rest /= 62n;
  }
  return text;
}
