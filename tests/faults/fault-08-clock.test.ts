import { clockJumps } from "./fault-08-clock.ts";
import { testFault } from "./run-short.ts";

testFault(clockJumps);
