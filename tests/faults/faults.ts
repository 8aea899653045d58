import type { Fault } from "./fault.ts";
import { kill } from "./fault-01-kill.ts";
import { power } from "./fault-02-power.ts";
import { syncFails } from "./fault-03-sync-fails.ts";
import { slowSync } from "./fault-03-slow-sync.ts";
import { readFails } from "./fault-04-read-fails.ts";
import { diskFull } from "./fault-05-disk-full.ts";
import { clockJumps } from "./fault-08-clock.ts";
import { jobsClock } from "./fault-08-jobs-clock.ts";
import { jobsStopped } from "./fault-09-jobs-stopped.ts";
import { stopped } from "./fault-09-stopped.ts";
import { busy } from "./fault-17-busy.ts";
import { hangs } from "./fault-18-hangs.ts";
import { twoProcesses } from "./fault-19-two-processes.ts";
import { migrationKilled } from "./fault-20-migration-killed.ts";
import { largeMigration } from "./fault-21-large-migration.ts";
import { twoVersions } from "./fault-22-two-versions.ts";
import { backupDuringWrites } from "./fault-23-backup.ts";
import { damagedBackup, killedRestore } from "./fault-24-restore.ts";
import { brokenPage, tornLog } from "./fault-25-damage.ts";
import { largeDatabase } from "./fault-26-large.ts";
import { jobsKilled, jobsRolledBack, poisonousJob } from "./fault-27-jobs.ts";
import { mailServerFails, mailServerRefuses, mailsWait } from "./fault-29-mail.ts";
import { receiversFail } from "./fault-29-webhooks.ts";
import { loopHeld } from "./fault-30-loop-held.ts";
import { astray, outOfMemory } from "./fault-33-astray.ts";
import { terminated } from "./fault-34-terminated.ts";

/** All of them, in the order of their numbers. */
export const faults: readonly Fault[] = [
  kill,
  power,
  syncFails,
  slowSync,
  readFails,
  diskFull,
  clockJumps,
  jobsClock,
  stopped,
  jobsStopped,
  busy,
  hangs,
  twoProcesses,
  migrationKilled,
  largeMigration,
  twoVersions,
  backupDuringWrites,
  damagedBackup,
  killedRestore,
  tornLog,
  brokenPage,
  largeDatabase,
  jobsKilled,
  poisonousJob,
  jobsRolledBack,
  mailServerFails,
  mailServerRefuses,
  mailsWait,
  receiversFail,
  loopHeld,
  astray,
  outOfMemory,
  terminated,
];
