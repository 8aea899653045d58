import { terminated } from "./fault-34-terminated.ts";
import { testFault } from "./run-short.ts";

testFault(terminated);
