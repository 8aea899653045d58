import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Backend, missingRuleIndexes } from "#application";
import type { Finding } from "#database";
import { databasePath } from "#platform";
import type { Workplace } from "./workplace.ts";

const MEBIBYTE = 1_048_576;
/** With less, the next burst of writes may not fit. */
const LEAST_SPACE = 128 * MEBIBYTE;

/** Indexes that the rules ask for. */
export function examineRules(backend: Backend): readonly Finding[] {
  const missing = missingRuleIndexes(backend);
  if (missing.length === 0)
    return [{ check: "rules", level: "ok", message: "Every column by which a rule finds rows has an index." }];
  return missing.map(({ table, columns, rules, line }) => ({
    check: "rules",
    level: "advice",
    message: `The rule${rules.length === 1 ? "" : "s"} ${rules.join(", ")} look${rules.length === 1 ? "s" : ""} for rows of '${table}' by ${columns.join(" and ")}, ${columns.length === 1 ? `without an index: each list reads all of '${table}'` : `and only ${columns[0]} has an index: it looks through all rows that have the same`}.`,
    action: `In the schema: ${line}`,
  }));
}

/** What lies around a database: who may read it, what room there is, and how durable it was told to be. */
export async function examineSurroundings({ config, dataDirectory }: Workplace): Promise<readonly Finding[]> {
  return [...examineAccess(dataDirectory), await examineSpace(dataDirectory), examineDurability(config.durability)];
}

function examineAccess(dataDirectory: string): readonly Finding[] {
  // There are no such permissions on Windows.
  if (process.platform === "win32") return [];
  const open = (path: string): boolean => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0;
  const secret = join(dataDirectory, "token-secret");
  const findings: Finding[] = [];
  if (open(secret))
    findings.push({
      check: "access",
      level: "problem",
      message: `Other users of this machine may read ${secret}, and so make tokens.`,
      action: `chmod 600 ${secret}`,
    });
  if (open(dataDirectory))
    findings.push({
      check: "access",
      level: "problem",
      message: `Other users of this machine may look into ${dataDirectory}, which has everybody's data.`,
      action: `chmod 700 ${dataDirectory}`,
    });
  return findings.length > 0
    ? findings
    : [{ check: "access", level: "ok", message: "Nobody else on this machine may read the data." }];
}

async function examineSpace(dataDirectory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDirectory);
  const free = bavail * bsize;
  const size = statSync(databasePath(dataDirectory)).size;
  const words = `${Math.floor(free / MEBIBYTE)} MiB are free where the data is`;
  if (free < LEAST_SPACE)
    return {
      check: "disk",
      level: "problem",
      message: `Only ${words}.`,
      action: "Make room now: when there is none, writes are refused.",
    };
  if (free < 2 * size) {
    return {
      check: "disk",
      level: "advice",
      message: `${words}, and the database has ${Math.ceil(size / MEBIBYTE)} MiB.`,
      action:
        "Rehearsing a migration and restoring a backup need as much room as the database, twice over. Make some before you need it.",
    };
  }
  return { check: "disk", level: "ok", message: `${words}.` };
}

function examineDurability(durability: Workplace["config"]["durability"]): Finding {
  if (durability === "lose-nothing")
    return { check: "durability", level: "ok", message: "A write is on the disk before it is answered." };
  return {
    check: "durability",
    level: "advice",
    message: `CHASSIS_DURABILITY is ${durability}: what was answered last may be gone after a power cut.`,
    action: "Leave the setting out, unless losing that is cheaper than waiting for the disk.",
  };
}
