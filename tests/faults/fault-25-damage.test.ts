import { brokenPage, tornLog } from "./fault-25-damage.ts";
import { testFault } from "./run-short.ts";

testFault(tornLog);
testFault(brokenPage);
