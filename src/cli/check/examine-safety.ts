import { statSync } from "node:fs";
import { dirname } from "node:path";
import { type Backend, openToEveryone } from "#application";
import type { Config } from "#config";
import { listWays } from "../permissions/describe-ways.ts";
import type { DeployFinding } from "./finding.ts";

/** Whether data can be lost, and who may write it. */
export function examineSafety(backend: Backend, config: Config, dataDirectory: string): readonly DeployFinding[] {
  return [
    examineDurability(config),
    ...examineBackups(config, dataDirectory),
    ...examineDevelopment(backend, config),
    examineStrangers(backend),
  ].filter((finding) => finding !== undefined);
}

function examineDurability({ durability }: Config): DeployFinding | undefined {
  if (durability === "lose-nothing") return undefined;
  return {
    check: "durability",
    level: "problem",
    message: `CHASSIS_DURABILITY is ${durability}.`,
    why: "What was answered last may be gone after a power cut, although people were told that it was kept: a changed password, a revoked token.",
    action: "Leave the setting out. Where losing that is cheaper than waiting for the disk: --accept durability.",
  };
}

function examineBackups({ backupTo, backupPassphrase, backupKeyFile }: Config, dataDirectory: string): readonly DeployFinding[] {
  if (backupTo === undefined) {
    return [
      {
        check: "backups",
        level: "problem",
        message: "CHASSIS_BACKUP_TO is not set: no backups are made.",
        why: "One disk, one mistake or one intruder takes all data.",
        action: "Set CHASSIS_BACKUP_TO to a folder of another machine or s3://bucket/prefix, and CHASSIS_BACKUP_PASSPHRASE.",
      },
    ];
  }
  const findings: DeployFinding[] = [];
  if (backupPassphrase === undefined && backupKeyFile === undefined) {
    findings.push({
      check: "backup-encryption",
      level: "problem",
      message: "Backups are not encrypted.",
      why: "Whoever reads them has everybody's data. And the data directory's secret is not in them: after a restore on another machine no token is good, and neither secret fields nor authenticator apps can be read.",
      action: "Set CHASSIS_BACKUP_PASSPHRASE or CHASSIS_BACKUP_KEY_FILE, and keep a copy of it elsewhere.",
    });
  }
  if (!backupTo.startsWith("s3:") && deviceOf(backupTo) === deviceOf(dataDirectory)) {
    findings.push({
      check: "backup-place",
      level: "advice",
      message: `Backups go to ${backupTo}, on the disk that has the data.`,
      why: "What takes the disk takes them too.",
      action: "Send them to another machine, or copy them there.",
    });
  }
  return findings;
}

/** Of the folder, or of the nearest one above it that is there. */
function deviceOf(folder: string): number | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found !== undefined) return found.dev;
  const above = dirname(folder);
  return above === folder ? undefined : deviceOf(above);
}

function examineDevelopment(backend: Backend, { logLevel, mailServer, jobs }: Config): readonly DeployFinding[] {
  const findings: DeployFinding[] = [];
  if (logLevel === "debug") {
    findings.push({
      check: "log-level",
      level: "problem",
      message: "CHASSIS_LOG_LEVEL is debug.",
      why: "Every request is a line, with who sent it and where to: more than should be kept of people, and a disk that fills.",
      action: "Leave the setting out.",
    });
  }
  if (logLevel === "silent" || logLevel === "error") {
    findings.push({
      check: "log-level",
      level: "advice",
      message: `CHASSIS_LOG_LEVEL is ${logLevel}.`,
      why: "Nobody hears of what goes wrong.",
      action: "Leave the setting out.",
    });
  }
  if (mailServer === "mailbox") {
    findings.push({
      check: "mail",
      level: "problem",
      message: "CHASSIS_MAIL_SERVER is mailbox: mails are kept to be looked at, and sent to nobody.",
      why: "Nobody can confirm an address or recover an account, and the links for it lie there to be read.",
      action: "Set CHASSIS_MAIL_SERVER to a server: smtps://user:password@host:465.",
    });
  } else if (mailServer?.security === "plain") {
    findings.push({
      check: "mail",
      level: "advice",
      message: `Mails go to ${mailServer.host} without TLS.`,
      why: "It is this machine; whether they are encrypted from there on is for that relay to say.",
      action: "Let the relay send by TLS alone, or name a server by smtps:// or smtp:// (STARTTLS).",
    });
  }
  if (jobs === "off" && backend.jobs.byName.size > 0) {
    findings.push({
      check: "jobs",
      level: "question",
      message: "CHASSIS_JOBS is off: jobs are kept, and not run by this server.",
      why: "What depends on them does not happen.",
      action: "Does another server on this database run them? Else leave the setting out.",
    });
  }
  return findings;
}

function examineStrangers(backend: Backend): DeployFinding | undefined {
  const open = openToEveryone(backend).filter((way) =>
    way.type === "table" ? way.operation !== "read" : backend.functions.get(way.name)?.type === "mutation",
  );
  if (open.length === 0) return undefined;
  return {
    check: "strangers-write",
    level: "question",
    message: `Without signing in, anybody may write: ${listWays(open).join("; ")}.`,
    why: "What strangers write costs room, and others read it.",
    action: "Is that meant? Else write signedIn or a narrower rule. CHASSIS_RATE_WRITES bounds how fast one address may.",
  };
}
