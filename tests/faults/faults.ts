import type { Fault } from "./fault.ts";
import { kill } from "./fault-01-kill.ts";

/** All of them, in the order of their numbers. */
export const faults: readonly Fault[] = [kill];
