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
  /** Of somebody who signed in; a token has none. */
  readonly session?: ActorSession;
  /** Of a program that asks with a key that somebody made for it: it acts as them, and has no session. */
  readonly key?: ActorKey;
  /** Of an administrator who acts as this one: who they are, and why. */
  readonly impersonator?: ActorImpersonator;
}

/** Who is behind somebody, for a while. */
export interface ActorImpersonator {
  /** The administrator. */
  readonly id: string;
  /** Their own session, with which this ends. */
  readonly session: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** What a key tells of itself. */
export interface ActorKey {
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string;
  /** Its owner's address is confirmed. */
  readonly verified: boolean;
  readonly scope: KeyScope;
}

/** What a key may be used for. It only narrows: whatever is in it is still asked of the rules, as of the key's owner. */
export interface KeyScope {
  /** `read`: it changes nothing, and calls functions alone that only read. */
  readonly access: "read" | "write";
  /** The only tables that are there for it. Left out: all. */
  readonly tables?: readonly string[];
  /** The only functions that are there for it. Left out: all. */
  readonly functions?: readonly string[];
  /** Whether the app's own routes take it. */
  readonly routes: boolean;
}

/** What a session tells of its holder beside their id and roles. */
export interface ActorSession {
  readonly id: string;
  /** Their address is confirmed. */
  readonly verified: boolean;
  /** By what they have shown who they are: `password`, `link`, `code`, `totp`, `recovery`, `passkey`; `anonymous` alone for who has not signed up. */
  readonly proofs: readonly string[];
  /** When they last did: milliseconds since 1970; 0 for who has not signed up. */
  readonly proved: number;
  /** When they last showed a second factor, where they have: milliseconds since 1970. */
  readonly factorProved?: number;
}
