import { AppError } from "chassis";
import type { FinderQuery } from "../pages/finder.ts";

/** The place of a school in the finder's order; domains are unique, so no two schools share a place. */
export interface Place {
  /** 0 where the order is by name. */
  readonly score: number;
  readonly name: string;
  readonly domain: string;
}

/** A place as an address holds it. It says by which order, so that one of another order is refused. */
export function encodePlace(sort: FinderQuery["sort"], { score, name, domain }: Place): string {
  return Buffer.from(JSON.stringify([sort, score, name, domain])).toString("base64url");
}

export function decodePlace(sort: FinderQuery["sort"], text: string): Place {
  let parsed: unknown;
  try {
    parsed = /^[A-Za-z0-9_-]{1,2000}$/.test(text) ? JSON.parse(Buffer.from(text, "base64url").toString("utf8")) : null;
  } catch {
    parsed = null;
  }
  if (Array.isArray(parsed)) {
    const [forSort, score, name, domain]: unknown[] = parsed;
    if (forSort === sort && typeof score === "number" && typeof name === "string" && typeof domain === "string") {
      return { score, name, domain };
    }
  }
  throw new AppError("invalidCursor");
}
