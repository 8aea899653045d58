import { twoVersions } from "./fault-22-two-versions.ts";
import { testFault } from "./run-short.ts";

testFault(twoVersions);
