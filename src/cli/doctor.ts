import { existsSync } from "node:fs";
import { type Finding, examineDatabase, type LockHolder } from "#database";
import { systemClock } from "#base";
import { databasePath } from "#platform";
import { examineBackups } from "./doctor-backups.ts";
import { examineServer } from "./doctor-server.ts";
import { examineSlowStatements } from "./doctor-slow.ts";
import { examineRules, examineSurroundings } from "./doctor-surroundings.ts";
import type { ExitCode } from "./exit-code.ts";
import { CommandError } from "./command-error.ts";
import { count, type Terminal } from "./terminal.ts";
import { findServer, openWorkplace } from "./workplace.ts";

export interface DoctorOptions {
  readonly backend: string;
  readonly quick?: boolean;
  readonly json?: boolean;
}

/**
 * Examines the database of a back end, whether a server runs on it or not, and changes nothing of it. Ends with 1 where there is a
 * problem.
 */
export async function doctor(
  { backend: path, quick = false, json = false }: DoctorOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const workplace = await openWorkplace(path);
  const database = databasePath(workplace.dataDirectory);
  if (!existsSync(database))
    throw new CommandError(`There is no database in ${workplace.dataDirectory} yet: the first start makes it.`);
  const server = findServer(workplace);
  const findings = [
    ...(await examineDatabase({
      path: database,
      model: workplace.backend.model,
      clock: systemClock,
      isQuick: quick,
      isServed: server !== undefined,
      report: (name) => terminal.progress(`Examining ${name}`),
    })),
    ...examineRules(workplace.backend),
    ...(await examineSlowStatements(workplace.backend, { path: database, isServed: server !== undefined })),
    ...(await examineSurroundings(workplace)),
    await examineBackups(workplace.config, systemClock.now()),
    ...(await examineServer(server)),
  ];
  terminal.progress("");
  const problems = findings.filter(({ level }) => level === "problem").length;
  if (json) terminal.print(JSON.stringify({ database, server: server ?? null, findings }, null, 2));
  else describe(findings, { database, server, quick }, terminal);
  return problems > 0 ? 1 : 0;
}

interface Circumstances {
  readonly database: string;
  readonly server: LockHolder | undefined;
  readonly quick: boolean;
}

const groups = [
  { level: "ok", title: "Good", colour: "green" },
  { level: "advice", title: "Advice", colour: "yellow" },
  { level: "problem", title: "Problems", colour: "red" },
] as const;

/** The worst stands last: where the eye is when the command ends. */
function describe(findings: readonly Finding[], { database, server, quick }: Circumstances, terminal: Terminal): void {
  const beside =
    server === undefined ? "" : `, beside the server (process ${server.pid}${server.url === undefined ? "" : `, ${server.url}`})`;
  terminal.print(`${database}${beside}`);
  for (const { level, title, colour } of groups) {
    const own = findings.filter((finding) => finding.level === level);
    if (own.length === 0) continue;
    terminal.print(`\n${terminal.style(colour, title)}`);
    const width = Math.max(...own.map(({ check }) => check.length));
    for (const { check, message, action } of own) {
      terminal.print(`  ${check.padEnd(width)}  ${message}`);
      if (action !== undefined) terminal.print(`  ${" ".repeat(width)}  ${terminal.style("dim", "->")} ${action}`);
    }
  }
  const [bad, hints] = ["problem", "advice"].map((level) => findings.filter((finding) => finding.level === level).length);
  const more = quick ? " Without --quick, values, indexes and search are examined too." : "";
  terminal.print(
    `\n${bad === 0 ? "No problem" : count(bad ?? 0, "problem")}, ${hints === 1 ? "1 advice" : `${hints} pieces of advice`}.${more}`,
  );
}
