import { AppError } from "#contract";

const PLAIN = /^[!#-+\--:<-~]{1,255}$/;
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\]){1,510})"$/;
const LENGTH = 255;

/**
 * The key of an `Idempotency-Key` header: a text in quotes, as draft-ietf-httpapi-idempotency-key-header has it, or the same without
 * them, as most clients send it. Throws `invalidHeader` for an empty one, one over 255 characters, and two at once.
 */
export function parseIdempotencyKey(header: string): string {
  const quoted = QUOTED.exec(header)?.[1]?.replace(/\\(.)/g, "$1");
  const key = quoted ?? (PLAIN.test(header) ? header : undefined);
  if (key === undefined || key.length > LENGTH) {
    throw new AppError("invalidHeader", {
      message: "The Idempotency-Key cannot be used.",
      details: `It is one text of 1 to ${LENGTH} printable ASCII characters, in double quotes where it has a space, a comma, a semicolon or a quote.`,
      hint: "Make a random one for every new request, such as crypto.randomUUID(), and send the same one again when you retry.",
    });
  }
  return key;
}
