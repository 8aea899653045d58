import { twoProcesses } from "./fault-19-two-processes.ts";
import { testFault } from "./run-short.ts";

testFault(twoProcesses);
