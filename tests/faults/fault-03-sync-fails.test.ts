import { syncFails } from "./fault-03-sync-fails.ts";
import { testFault } from "./run-short.ts";

testFault(syncFails);
