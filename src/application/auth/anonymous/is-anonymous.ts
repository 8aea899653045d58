import type { Actor } from "#contract";

/** Whether whoever asks has not signed up: they can save things, and not change how anybody signs in, give roles, invite, or make keys. */
export function isAnonymous(me: Pick<Actor, "session">): boolean {
  return me.session?.proofs.includes("anonymous") === true;
}
