import type { Json } from "./kinds.ts";

/**
 * Who is asking, once that has been proved. Nobody in particular is `null`, never an actor without an id: a request whose
 * proof is bad is refused (401) and does not become `null`.
 */
export interface Actor {
  readonly id: string;
  readonly roles: readonly string[];
  /** Further facts that rules may use, each of a kind that the schema declares. */
  readonly claims: Readonly<Record<string, Json>>;
}
