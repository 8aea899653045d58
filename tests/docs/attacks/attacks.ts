import type { AttackGroup } from "./attack.ts";
import { dataAttacks } from "./data-attacks.ts";
import { developerAttacks } from "./developer-attacks.ts";
import { httpAttacks } from "./http-attacks.ts";
import { otherAttacks } from "./other-attacks.ts";
import { signInAttacks } from "./sign-in-attacks.ts";

/** In the order of their numbers. */
export const attackGroups: readonly AttackGroup[] = [dataAttacks, signInAttacks, httpAttacks, ...otherAttacks, developerAttacks];
