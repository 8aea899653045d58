import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeAsvs } from "./asvs/describe-asvs.ts";
import { describeAttacks } from "./attacks/describe-attacks.ts";
import { describeLogs } from "./logs/describe-logs.ts";
import { root } from "./named-tests.ts";

/** Writes the pages that are made from tables here. */
writeFileSync(join(root, "docs/reference/asvs.md"), describeAsvs());
writeFileSync(join(root, "docs/reference/attacks.md"), describeAttacks());
writeFileSync(join(root, "docs/reference/logs.md"), describeLogs());
