import { hangs } from "./fault-18-hangs.ts";
import { testFault } from "./run-short.ts";

testFault(hangs);
