import { diskFull } from "./fault-05-disk-full.ts";
import { testFault } from "./run-short.ts";

testFault(diskFull);
