import { mailServerFails, mailServerRefuses, mailsWait } from "./fault-29-mail.ts";
import { testFault } from "./run-short.ts";

testFault(mailServerFails);
testFault(mailServerRefuses);
testFault(mailsWait);
