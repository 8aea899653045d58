import type { Fault } from "./fault.ts";
import { kill } from "./fault-01-kill.ts";
import { backupDuringWrites } from "./fault-23-backup.ts";
import { damagedBackup, killedRestore } from "./fault-24-restore.ts";
import { largeDatabase } from "./fault-26-large.ts";

/** All of them, in the order of their numbers. */
export const faults: readonly Fault[] = [kill, backupDuringWrites, damagedBackup, killedRestore, largeDatabase];
