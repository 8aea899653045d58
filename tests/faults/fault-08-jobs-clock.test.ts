import { jobsClock } from "./fault-08-jobs-clock.ts";
import { testFault } from "./run-short.ts";

testFault(jobsClock);
