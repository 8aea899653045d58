import { AppError } from "#contract";
import type { Exchange } from "./exchange.ts";
import { isReadByPost } from "./read-by-post.ts";

/** RFC 9110 section 9.2.1: a request of these asks for no change. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * What is answered when the time for an answer is over. A change may have been made by then (a slow disk has yet to keep it, say) or
 * may be made yet: nobody may be told that it was not.
 */
export function expiry(exchange: Pick<Exchange, "method" | "segments">): AppError {
  if (safeMethods.has(exchange.method) || isReadByPost(exchange)) return new AppError("timeout");
  return new AppError("outcomeUnknown", {
    hint: "Look for the change before you make it again, or send the request again with the same Idempotency-Key.",
  });
}
