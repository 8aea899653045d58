import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { type Backend, missingRuleIndexes } from "#application";
import type { Clock } from "#base";
import type { Finding } from "#database";
import { databasePath } from "#platform";
import { examineClock, examineFiles } from "../check/examine-machine.ts";
import type { DeployFinding } from "../check/finding.ts";
import type { Workplace } from "../backend/workplace.ts";

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

/** What lies around a database: who may read it, what room there is, what the clock said before, and how durable it was told to be. */
export async function examineSurroundings({
  config,
  dataDirectory,
  clock,
}: Pick<Workplace, "config" | "dataDirectory"> & { readonly clock: Clock }): Promise<readonly Finding[]> {
  const seen = await examineClock({ clock, dataDirectory });
  return [
    ...examineAccess(dataDirectory, config.backupKeyFile),
    ...(seen === undefined ? [] : [asFinding(seen, "clock")]),
    await examineSpace(dataDirectory),
    examineDurability(config.durability),
  ];
}

/** As `check --deploy` has it. */
function asFinding({ message, why, action }: DeployFinding, check: string): Finding {
  return { check, level: "problem", message: `${message} ${why}`, action };
}

function examineAccess(dataDirectory: string, keyFile: string | undefined): readonly Finding[] {
  const findings = examineFiles(dataDirectory).map((finding) => asFinding(finding, "access"));
  // There are no such permissions on Windows.
  const mode =
    keyFile === undefined || process.platform === "win32" ? undefined : statSync(keyFile, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o077) !== 0)
    findings.push({
      check: "access",
      level: "problem",
      message: `Other users of this machine may read ${keyFile} (mode ${(mode & 0o777).toString(8)}), and with it all backups.`,
      action: `chmod 600 ${keyFile}`,
    });
  return findings.length > 0
    ? findings
    : [{ check: "access", level: "ok", message: "Nobody else on this machine may read the data." }];
}

async function examineSpace(dataDirectory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDirectory);
  const free = bavail * bsize;
  const size = statSync(databasePath(dataDirectory), { throwIfNoEntry: false })?.size ?? 0;
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
