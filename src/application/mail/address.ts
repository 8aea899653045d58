import { domainToASCII, domainToUnicode } from "node:url";
import { kinds } from "#contract";

/** A mailbox that is written to or from. */
export interface Address {
  /** The name beside it, as people read it; empty for none. */
  readonly name: string;
  /** `local@domain`, the domain in ASCII and lower case: as SMTP takes it. */
  readonly address: string;
}

/** RFC 5321 section 4.5.3.1.3, without the angle brackets. */
const MAX_ADDRESS = 254;
const MAX_NAME = 200;
/** Characters of a name and an address together, as they are written. */
const MAX_MAILBOX = 1000;

export type ReadAddress = { readonly address: string } | { readonly problem: string };

/**
 * One address, without a name. What stands before the @ must be ASCII (RFC 5321; SMTPUTF8 would need every server on the way). A domain may
 * be international where it is written as it is registered: one that only becomes a domain by being simplified (full-width letters, say)
 * is refused, for it would be another address than the one that was typed.
 */
export function readAddress(text: unknown): ReadAddress {
  const problem = { problem: "must be one e-mail address, such as ada@example.org" };
  if (typeof text !== "string") return problem;
  const at = text.lastIndexOf("@");
  const domain = asciiDomain(text.slice(at + 1));
  if (at < 1 || domain === undefined) return problem;
  const address = `${text.slice(0, at)}@${domain}`;
  if (address.length > MAX_ADDRESS) return { problem: `must be an e-mail address of at most ${MAX_ADDRESS} characters` };
  return kinds.email.fromJson(address, {}).ok ? { address } : problem;
}

function asciiDomain(written: string): string | undefined {
  if (isAscii(written)) return written.toLowerCase();
  // The sign for kelvin is a k in lower case, and so are some others: no letter that is registered becomes an ASCII one.
  if ([...written].some((letter) => !isAscii(letter) && isAscii(letter.toLowerCase()))) return undefined;
  const ascii = domainToASCII(written);
  return ascii !== "" && domainToUnicode(ascii) === written.toLowerCase() ? ascii : undefined;
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** By which addresses are the same: the case of letters makes no difference to any server in use. */
export function addressKey(address: string): string {
  const read = readAddress(address.trim());
  return ("address" in read ? read.address : address.trim()).toLowerCase();
}

/**
 * Text of one header line, out of text that anybody may have typed: a line break would begin another header (CWE-93), other control
 * characters do nothing but harm, and those that turn the direction of text make a line read as it is not (CVE-2021-42574). What begins an
 * encoded word (RFC 2047) is taken apart, or whoever reads the mail would decode all of these out of it.
 */
export function headerText(text: string, most: number = MAX_NAME): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ")
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .replaceAll("=?", "= ?")
    .trim();
  if (line.length <= most) return line;
  return `${line
    .slice(0, most - 1)
    .toWellFormed()
    .replace(/\ufffd$/, "")
    .trimEnd()}…`;
}

/** `ada@example.org` or `Ada <ada@example.org>`, as settings, definitions and what providers tell have them. */
export function readMailbox(text: unknown): Address | { readonly problem: string } {
  const problem = { problem: "must be an address such as hello@example.org or Example <hello@example.org>" };
  // The form below looks at spaces again and again: of a hundred thousand, for minutes (CWE-1333).
  if (typeof text !== "string" || text.length > MAX_MAILBOX || /[\x00-\x1f\x7f]/.test(text)) return problem;
  const [, name = "", inside] = /^\s*("(?:[^"\\]|\\.)*"|[^<>"]*)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  const read = readAddress((inside ?? text).trim());
  if ("problem" in read) return problem;
  const plain = name.startsWith('"') ? name.trim().slice(1, -1).replaceAll(/\\(.)/g, "$1") : name;
  return { name: headerText(plain), address: read.address };
}
