import { loopHeld } from "./fault-30-loop-held.ts";
import { testFault } from "./run-short.ts";

testFault(loopHeld);
