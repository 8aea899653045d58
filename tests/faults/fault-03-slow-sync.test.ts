import { slowSync } from "./fault-03-slow-sync.ts";
import { testFault } from "./run-short.ts";

testFault(slowSync);
