import { backupDuringWrites } from "./fault-23-backup.ts";
import { testFault } from "./run-short.ts";

testFault(backupDuringWrites, { leastAcknowledged: 300 });
