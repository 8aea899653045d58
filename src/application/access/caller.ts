import type { Actor } from "#contract";

/** The back end's own code, acting without rules: only ever by an explicit `asSystem()`. */
export const system: unique symbol = Symbol("system");

/** On whose behalf data is read or written: somebody, nobody in particular (null), or the system. */
export type Caller = Actor | null | typeof system;
