import { kill } from "./fault-01-kill.ts";
import { testFault } from "./run-short.ts";

testFault(kill, { leastAcknowledged: 0 });
