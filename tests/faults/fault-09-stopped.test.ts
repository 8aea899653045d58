import { stopped } from "./fault-09-stopped.ts";
import { testFault } from "./run-short.ts";

testFault(stopped);
