import { DefinitionError, missingRules, openToEveryone, referenceCircles, type Way } from "#application";
import { describeOpen, listWays } from "../permissions/describe-ways.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { describeCircles } from "./describe-circles.ts";
import { findBackend, loadBackend } from "../backend/load-backend.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";

/**
 * Loads a definition, which throws with all of its mistakes, and lists what no rule opens: a failure, because nobody can
 * ever reach it; `nobody` says so on purpose. Tables of which no first row can be written are told, and are no failure: a database that
 * was pulled may have such rows.
 */
export async function check(path: string, terminal: Terminal): Promise<ExitCode> {
  const backend = await loadBackend(findBackend(path)).catch((error: unknown) => {
    const { cause } = error as Error;
    if (cause instanceof DefinitionError) reportMissing(cause.missing, terminal);
    throw error;
  });
  const missing = missingRules(backend);
  const circles = referenceCircles(backend.model);
  if (terminal.json === true) {
    const { model, functions } = backend;
    printResult(terminal, {
      tables: model.tables.size,
      functions: functions.size,
      open: openToEveryone(backend),
      missing,
      circles,
    });
    return missing.length === 0 ? 0 : 1;
  }
  for (const line of describeOpen(backend)) terminal.print(line);
  for (const line of describeCircles(circles, terminal)) terminal.report(line);
  if (missing.length === 0) {
    const { model, functions } = backend;
    terminal.print(
      `${terminal.style("green", "All is well:")} ${count(model.tables.size, "table")}, ${count(functions.size, "function")}, every operation has a rule.`,
    );
    return 0;
  }
  reportMissing(missing, terminal);
  return 1;
}

function reportMissing(missing: readonly Way[], terminal: Terminal): void {
  if (missing.length === 0) return;
  terminal.report(
    `${terminal.style("red", "Without a rule, and so out of everybody's reach")} (write \`nobody\` where that is meant):`,
  );
  for (const line of listWays(missing)) terminal.report(`  ${line}`);
}
