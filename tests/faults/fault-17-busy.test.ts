import { busy } from "./fault-17-busy.ts";
import { testFault } from "./run-short.ts";

testFault(busy);
