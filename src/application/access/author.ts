import type { Author } from "#database";
import { type Caller, system } from "./caller.ts";

/** Who a change is put down to: in the history of a row, in the commit feed. */
export function authorOf(caller: Caller): Author {
  if (caller === system) return { id: null, system: true };
  return { id: caller?.id ?? null, system: false };
}
