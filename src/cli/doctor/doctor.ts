import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Backend } from "#application";
import { systemClock } from "#base";
import { type Config, surveyConfig } from "#config";
import { examineDatabase, type Finding, type LockHolder } from "#database";
import { databasePath } from "#platform";
import { examineBackups } from "./doctor-backups.ts";
import { examineMail } from "./doctor-mail.ts";
import { examinePort } from "./doctor-port.ts";
import { examineSecrets } from "./doctor-secrets.ts";
import { examineServer } from "./doctor-server.ts";
import { examineConflicts, examineSettings } from "./doctor-settings.ts";
import { examineSlowStatements } from "./doctor-slow.ts";
import { examineRules, examineSurroundings } from "./doctor-surroundings.ts";
import { examineVersions } from "./doctor-versions.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { describeFailure } from "../command-line/failure.ts";
import { defaultDataDirectory, findBackend, loadBackend } from "../backend/load-backend.ts";
import { count, type Terminal } from "../command-line/terminal.ts";
import { findServer } from "../backend/workplace.ts";

export interface DoctorOptions {
  readonly backend: string;
  readonly quick?: boolean;
  readonly json?: boolean;
}

/**
 * Examines a back end's database and all around it, whether a server runs on it or not, and changes nothing of it. What is wrong is a
 * finding among the others, and the rest is examined all the same. Ends with 1 where there is a problem.
 */
export async function doctor(
  { backend: path, quick = false, json = false }: DoctorOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const file = findBackend(path);
  const { config, problems } = surveyConfig();
  const dataDirectory = resolve(config.dataDirectory ?? defaultDataDirectory(file));
  const database = databasePath(dataDirectory);
  const server = findServer({ dataDirectory });
  const loaded = await load(file);
  const findings = [
    ...examineVersions(file),
    ...examineSettings(problems),
    ...loaded.findings,
    ...(existsSync(database)
      ? await examineData({ database, dataDirectory, config, server, isQuick: quick, backend: loaded.backend }, terminal)
      : [noDatabase(dataDirectory)]),
    ...(loaded.backend === undefined ? [] : examineRules(loaded.backend)),
    ...(loaded.backend === undefined ? [] : examineConflicts(loaded.backend, config)),
    ...(loaded.backend === undefined ? [] : await examineMail(loaded.backend, config)),
    await examineBackups(config, systemClock.now()),
    ...(server === undefined ? await examinePort(config) : await examineServer(server)),
  ];
  terminal.progress("");
  const ready = terminal.copyable ?? ((text: string) => text);
  const told = findings.map((finding) =>
    finding.action === undefined ? finding : { ...finding, action: ready(finding.action) },
  );
  if (json) terminal.print(JSON.stringify({ database, server: server ?? null, findings: told }, null, 2));
  else describe(told, { database, server, quick }, terminal);
  return findings.some(({ level }) => level === "problem") ? 1 : 0;
}

/** A definition with mistakes says nothing of tables and rules; all else can be examined without it. */
async function load(file: string): Promise<{ readonly backend?: Backend; readonly findings: readonly Finding[] }> {
  try {
    return { backend: await loadBackend(file), findings: [] };
  } catch (error) {
    const message = `The definition cannot be read, so what depends on it was not examined: ${describeFailure(error)}`;
    return { findings: [{ check: "definition", level: "problem", message, action: "`chassis check` lists its mistakes." }] };
  }
}

function noDatabase(dataDirectory: string): Finding {
  return {
    check: "database",
    level: "problem",
    message: `There is no database in ${dataDirectory} yet: the first start makes it.`,
    action: "`chassis dev` or `chassis start` begins one. Where there is one elsewhere, set CHASSIS_DATA as the server has it.",
  };
}

interface Data {
  readonly database: string;
  readonly dataDirectory: string;
  readonly config: Config;
  readonly server: LockHolder | undefined;
  readonly isQuick: boolean;
  readonly backend: Backend | undefined;
}

/** The database, and the folder that it is in. */
async function examineData(
  { database: path, dataDirectory, config, server, isQuick, backend }: Data,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const isServed = server !== undefined;
  const surroundings = await examineSurroundings({ config, dataDirectory, clock: systemClock });
  if (backend === undefined) return surroundings;
  const { model } = backend;
  const report = (name: string): void => terminal.progress(`Examining ${name}`);
  return [
    ...(await examineDatabase({ path, model, clock: systemClock, isQuick, isServed, report })),
    ...(await examineSecrets(backend, { path, dataDirectory, isServed })),
    ...(await examineSlowStatements(backend, { path, isServed })),
    ...surroundings,
  ];
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
      const margin = `  ${" ".repeat(width)}  `;
      terminal.print(`  ${check.padEnd(width)}  ${message.replaceAll("\n", `\n${margin}`)}`);
      if (action !== undefined) terminal.print(`${margin}${terminal.style("dim", "->")} ${action}`);
    }
  }
  const [bad, hints] = ["problem", "advice"].map((level) => findings.filter((finding) => finding.level === level).length);
  const more = quick ? " Without --quick, values, indexes and search are examined too." : "";
  terminal.print(
    `\n${bad === 0 ? "No problem" : count(bad ?? 0, "problem")}, ${hints === 1 ? "1 advice" : `${hints} pieces of advice`}.${more}`,
  );
}
