import { type Backend, missingRules, openToEveryone, type Way } from "#application";
import type { ExitCode } from "./program.ts";
import { findBackend, loadBackend } from "./load-backend.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Loads a definition, which throws with all of its mistakes, and lists what no rule opens: a failure, because nobody can
 * ever reach it; `nobody` says so on purpose.
 */
export async function check(path: string, terminal: Terminal): Promise<ExitCode> {
  const backend = await loadBackend(findBackend(path));
  const missing = missingRules(backend);
  for (const line of describeOpen(backend)) terminal.print(line);
  if (missing.length === 0) {
    const { model, functions } = backend;
    terminal.print(
      `${terminal.style("green", "All is well:")} ${count(model.tables.size, "table")}, ${count(functions.size, "function")}, every operation has a rule.`,
    );
    return 0;
  }
  terminal.report(
    `${terminal.style("red", "Without a rule, and so out of everybody's reach")} (write \`nobody\` where that is meant):`,
  );
  for (const line of listWays(missing)) terminal.report(`  ${line}`);
  return 1;
}

/** What may be done without signing in, one line each. */
export function describeOpen(backend: Backend): readonly string[] {
  const open = openToEveryone(backend);
  return open.length === 0 ? ["Open to everyone: nothing."] : ["Open to everyone:", ...listWays(open).map((line) => `  ${line}`)];
}

/** "schools: read, create", and "function compare". */
export function listWays(ways: readonly Way[]): readonly string[] {
  const byTable = Map.groupBy(
    ways.filter((way) => way.type === "table"),
    (way) => way.table,
  );
  const tables = [...byTable].map(([table, own]) => `${table}: ${own.map(({ operation }) => operation).join(", ")}`);
  return [...tables, ...ways.filter((way) => way.type === "function").map(({ name }) => `function ${name}`)];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
