import { didYouMean, systemClock } from "#base";
import { existsSync } from "node:fs";
import { examineMachine } from "./examine-machine.ts";
import { examineNetwork } from "./examine-network.ts";
import { examineSafety } from "./examine-safety.ts";
import { examineSignIn } from "./examine-sign-in.ts";
import { deployChecks, type DeployFinding } from "./finding.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { count, type Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace } from "../backend/workplace.ts";

export interface CheckDeployOptions {
  readonly backend: string;
  readonly json?: boolean;
  /** Examinations whose problems are known and wanted. */
  readonly accept?: readonly string[];
}

/**
 * Says what is unsafe where this back end runs for others, with the settings that this command is given, and changes nothing. Ends with 1
 * where there is a problem that was not accepted; advice and questions are none.
 */
export async function checkDeploy(
  { backend: path, json = false, accept = [] }: CheckDeployOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  for (const name of accept)
    if (!deployChecks.some((check) => check === name))
      throw new UsageError(
        `--accept: there is no finding '${name}'${didYouMean(name, deployChecks) || `; there are ${deployChecks.join(", ")}.`}`,
      );
  const workplace = await openWorkplace(path);
  const { backend, config, dataDirectory } = workplace;
  if (!existsSync(dataDirectory))
    throw new CommandError(
      `There is no data in ${dataDirectory} yet: the first start makes it. Or set CHASSIS_DATA as the server has it.`,
    );
  const server = findServer(workplace)?.pid;
  const all = [
    ...examineNetwork(config),
    ...(await examineMachine({ dataDirectory, clock: systemClock, version: process.versions.node, server })),
    ...examineSafety(backend, config, dataDirectory),
    ...examineSignIn(backend, config),
  ];
  const ready = terminal.copyable ?? ((text: string) => text);
  const findings = all.map((finding) => ({
    ...finding,
    action: ready(finding.action),
    accepted: accept.includes(finding.check),
  }));
  const problems = findings.filter(({ level, accepted }) => level === "problem" && !accepted).length;
  if (json) terminal.print(JSON.stringify({ dataDirectory, server: server ?? null, findings }, null, 2));
  else describe(findings, problems, terminal);
  return problems > 0 ? 1 : 0;
}

const groups = [
  { level: "question", title: "Questions", colour: "cyan" },
  { level: "advice", title: "Advice", colour: "yellow" },
  { level: "problem", title: "Problems", colour: "red" },
] as const;

/** The worst stands last: where the eye is when the command ends. */
function describe(
  findings: readonly (DeployFinding & { readonly accepted: boolean })[],
  problems: number,
  terminal: Terminal,
): void {
  for (const { level, title, colour } of groups) {
    const own = findings.filter((finding) => finding.level === level && !finding.accepted);
    if (own.length === 0) continue;
    terminal.print(terminal.style(colour, title));
    for (const { check, message, why, action } of own) {
      terminal.print(`  ${terminal.style("bold", check)}: ${message}`);
      terminal.print(`    ${why}`);
      terminal.print(`    ${terminal.style("dim", "->")} ${action}`);
    }
    terminal.print();
  }
  const accepted = findings.filter((finding) => finding.accepted).map(({ check }) => check);
  if (accepted.length > 0) terminal.print(`Accepted: ${[...new Set(accepted)].join(", ")}.`);
  terminal.print(problems === 0 ? terminal.style("green", "Nothing unsafe was found.") : `${count(problems, "problem")}.`);
}
