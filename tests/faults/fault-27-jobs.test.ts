import { jobsKilled, jobsRolledBack, poisonousJob } from "./fault-27-jobs.ts";
import { testFault } from "./run-short.ts";

testFault(jobsKilled);
testFault(jobsRolledBack);
testFault(poisonousJob, { leastAcknowledged: 1 });
