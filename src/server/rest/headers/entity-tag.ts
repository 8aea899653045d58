import { hash } from "node:crypto";
import { formatRowTag, type RowTag } from "#application";
import { AppError } from "#contract";

const digest = (body: string): string => hash("sha1", body, "base64url");

/**
 * A weak entity tag (RFC 9110 section 8.8.3): the same rows in the same form have the same one. Weak, because a proxy may
 * compress the answer on its way, which changes its bytes.
 */
export function entityTag(body: string): string {
  return `W/"${digest(body)}"`;
}

/**
 * The tag of one row in one form. What stands first tells the row's state and is what If-Match compares, which knows strong tags alone; the
 * rest tells the forms apart in which that state can be shown (other columns, CSV, embedded rows), for If-None-Match.
 */
export function rowEntityTag(tag: RowTag, body: string): string {
  return `"${formatRowTag(tag)}-${digest(body)}"`;
}

const TAG = /[\t ]*(?:(W\/)?"([!#-~\u0080-\u00ff]*)"[\t ]*(?:,|$)|,|$)/y;

/** The tags of an If-Match or If-None-Match header; `*` alone is any. Throws `invalidHeader` for what is none of these. */
export function parseEntityTags(
  name: string,
  header: string,
): "*" | readonly { readonly weak: boolean; readonly opaque: string }[] {
  if (header.trim() === "*") return "*";
  const tags: { readonly weak: boolean; readonly opaque: string }[] = [];
  TAG.lastIndex = 0;
  while (TAG.lastIndex < header.length) {
    const match = TAG.exec(header);
    if (match === null) throw invalidTags(name, header);
    if (match[2] !== undefined) tags.push({ weak: match[1] !== undefined, opaque: match[2] });
  }
  if (tags.length === 0) throw invalidTags(name, header);
  return tags;
}

function invalidTags(name: string, header: string): AppError {
  return new AppError("invalidHeader", {
    message: `The ${name} header could not be read.`,
    details: "It is '*', or entity tags in double quotes, separated by commas.",
    ...(/^\s*\d+\s*$/.test(header) ? { hint: `Write the version in quotes: ${name}: "${header.trim()}"` } : {}),
  });
}

/** Does `If-None-Match` name this tag? By weak comparison, in a list or as `*`. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header === tag || header === "*") return true;
  const opaque = tag.replace(/^W\//, "");
  return header.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === opaque);
}
