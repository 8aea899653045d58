import { migrationKilled } from "./fault-20-migration-killed.ts";
import { testFault } from "./run-short.ts";

testFault(migrationKilled);
