import { damagedBackup, killedRestore } from "./fault-24-restore.ts";
import { testFault } from "./run-short.ts";

testFault(damagedBackup);
testFault(killedRestore);
