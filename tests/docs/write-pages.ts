import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeAsvs } from "./asvs/describe-asvs.ts";
import { describeAttacks } from "./attacks/describe-attacks.ts";
import { commandLinePage, describeCommandLine } from "./command-line/describe-command-line.ts";
import { describeLogs } from "./logs/describe-logs.ts";
import { root } from "./named-tests.ts";

/** Writes the pages that are made from tables, here or in the code. */
writeFileSync(join(root, "docs/reference/asvs.md"), describeAsvs());
writeFileSync(join(root, "docs/reference/attacks.md"), describeAttacks());
writeFileSync(join(root, "docs/reference/logs.md"), describeLogs());
writeFileSync(commandLinePage, describeCommandLine());
