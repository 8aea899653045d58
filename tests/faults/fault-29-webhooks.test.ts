import { receiversFail } from "./fault-29-webhooks.ts";
import { testFault } from "./run-short.ts";

testFault(receiversFail, { leastAcknowledged: 15 });
