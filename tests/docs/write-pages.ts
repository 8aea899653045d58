import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeAsvs } from "./asvs/describe-asvs.ts";
import { describeAttacks } from "./attacks/describe-attacks.ts";
import { describeCommandLine } from "./command-line/describe-command-line.ts";
import { describeErrors } from "./describe-errors.ts";
import { describeLimits } from "./describe-limits.ts";
import { describeSettings } from "./describe-settings.ts";
import { describeLogs } from "./logs/describe-logs.ts";
import { root } from "./named-tests.ts";

/** The pages that are made from tables, here or in the code. */
const pages: Readonly<Record<string, () => string>> = {
  asvs: describeAsvs,
  attacks: describeAttacks,
  cli: describeCommandLine,
  errors: describeErrors,
  limits: describeLimits,
  logs: describeLogs,
  settings: describeSettings,
};

for (const [name, describe] of Object.entries(pages)) writeFileSync(join(root, `docs/reference/${name}.md`), describe());
