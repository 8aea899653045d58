import { hash } from "node:crypto";

/**
 * A weak entity tag (RFC 9110 section 8.8.3): the same rows in the same form have the same one. Weak, because a proxy may
 * compress the answer on its way, which changes its bytes.
 */
export function entityTag(body: string): string {
  return `W/"${hash("sha1", body, "base64url")}"`;
}

/** Does `If-None-Match` name this tag? By weak comparison, in a list or as `*`. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header === tag || header === "*") return true;
  const opaque = tag.slice(2);
  return header.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === opaque);
}
