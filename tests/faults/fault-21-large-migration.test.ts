import { largeMigration } from "./fault-21-large-migration.ts";
import { testFault } from "./run-short.ts";

testFault(largeMigration);
