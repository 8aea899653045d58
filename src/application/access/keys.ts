import { hkdfSync } from "node:crypto";
import type { Secrets } from "./token-secret.ts";

/** Keys of 32 bytes for one purpose: the first one makes things, and what any of them made is taken. One alone is its own list. */
export type Keys = Uint8Array | readonly Uint8Array[];

export function listOfKeys(keys: Keys): { readonly first: Uint8Array; readonly all: readonly Uint8Array[] } {
  const all = keys instanceof Uint8Array ? [keys] : keys;
  const [first] = all;
  if (first === undefined) throw new Error("There is no key.");
  return { first, all };
}

/** A key for one purpose out of the one secret that is kept (RFC 5869). */
export function deriveKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), `chassis ${purpose}`, 32));
}

/** The keys of every generation of the secret, the current one first: for what has to be readable however old it is. */
export function deriveKeys({ current, previous }: Secrets, purpose: string): readonly Uint8Array[] {
  return [current, ...previous.map(({ secret }) => secret)].map((secret) => deriveKey(secret, purpose));
}
