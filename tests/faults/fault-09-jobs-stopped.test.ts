import { jobsStopped } from "./fault-09-jobs-stopped.ts";
import { testFault } from "./run-short.ts";

testFault(jobsStopped, { leastAcknowledged: 10 });
