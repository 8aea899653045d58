import { readFails } from "./fault-04-read-fails.ts";
import { testFault } from "./run-short.ts";

testFault(readFails);
