import type { Person, Said } from "./provider.ts";

/** A text with something in it, of a length that somebody might have; undefined for all else. */
export function textOf(value: unknown, most = 320): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.length > most || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text) ? undefined : text;
}

/** What somebody is known by at a site: a text, or a whole number that JavaScript has read exactly. Throws where there is none: then nobody is known. */
export function subjectOf(value: unknown): string {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  // 255 ASCII characters at the most (OpenID Connect Core 1.0, section 2), compared letter by letter.
  if (typeof text !== "string" || !/^[\x21-\x7e]{1,255}$/.test(text))
    throw new UnreadableAnswer("It does not say whom it speaks of.");
  return text;
}

/** An answer of a site that was well signed, and still says nothing that could be used. */
export class UnreadableAnswer extends Error {
  override readonly name: string = "UnreadableAnswer";
}

export function objectOf(value: unknown): Said {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new UnreadableAnswer("Its answer is no object.");
  return value as Said;
}

/** The standard claims (OpenID Connect Core 1.0, section 5.1). `proved`: whether this site's word about an address counts. */
export function readClaims(claims: Said, proved: (claims: Said) => boolean): Person {
  const address = textOf(claims["email"]);
  return {
    issuer: String(claims["iss"]),
    subject: subjectOf(claims["sub"]),
    address,
    proved: address !== undefined && proved(claims),
    name: textOf(claims["name"]),
    givenName: textOf(claims["given_name"]),
    familyName: textOf(claims["family_name"]),
    nick: textOf(claims["preferred_username"]) ?? textOf(claims["nickname"]),
  };
}

/** `true` and nothing that looks like it. */
export function isVerified(claims: Said): boolean {
  return claims["email_verified"] === true;
}
