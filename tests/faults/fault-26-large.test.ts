import { largeDatabase } from "./fault-26-large.ts";
import { testFault } from "./run-short.ts";

testFault(largeDatabase);
