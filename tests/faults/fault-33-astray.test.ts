import { astray, outOfMemory } from "./fault-33-astray.ts";
import { testFault } from "./run-short.ts";

testFault(astray);
testFault(outOfMemory);
