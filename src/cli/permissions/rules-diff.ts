import { existsSync, readFileSync, statSync } from "node:fs";
import {
  diffRules,
  readSnapshot,
  type RuleDifference,
  SnapshotError,
  verdictOn,
  type VersionOfRules,
  writeSnapshot,
} from "#application";
import { describeDifference, exampleAsJson } from "./describe-difference.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError } from "../command-line/command-error.ts";
import { findBackend, loadBackend } from "../backend/load-backend.ts";
import { count, type Terminal } from "../command-line/terminal.ts";

/** Prints the rules of a back end, for `rules diff`. */
export async function rulesSnapshot(backend: string, terminal: Terminal): Promise<void> {
  terminal.print(writeSnapshot(await loadBackend(findBackend(backend))).trimEnd());
}

export interface RulesDiffOptions {
  readonly json?: boolean;
  /** Tables, fields and functions that the old version does not have are told, and do not count. */
  readonly ignoreNew?: boolean;
}

/** Compares two versions of a back end's rules. 0: nothing is wider; 1: something is; 2: of something it cannot be told. */
export async function rulesDiff(
  { old, next }: { readonly old: string; readonly next: string },
  { json = false, ignoreNew = false }: RulesDiffOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const [before, after] = [await readVersion(old), await readVersion(next)];
  const differences: RuleDifference[] = [];
  for (const difference of diffRules(before, after)) {
    differences.push(difference);
    if (!json) for (const line of describeDifference(difference, terminal)) terminal.print(line);
  }
  const verdict = verdictOn(ignoreNew ? differences.filter(({ isNew }) => !isNew) : differences);
  if (json) terminal.print(JSON.stringify({ verdict, differences: differences.map(asJson) }, null, 2));
  else if (differences.length === 0) terminal.print(terminal.style("green", "The rules are the same."));
  else {
    const word = {
      "nothing wider": "Nothing is wider",
      wider: "Something is wider",
      "cannot tell": "Of something it cannot be told whether it is wider",
    }[verdict];
    const colour = verdict === "nothing wider" ? "green" : verdict === "wider" ? "red" : "yellow";
    terminal.print(`${terminal.style(colour, word)}, of ${count(differences.length, "rule")} that changed.`);
  }
  return verdict === "nothing wider" ? 0 : verdict === "wider" ? 1 : 2;
}

/** A snapshot, or a back end: its file or folder. */
async function readVersion(path: string): Promise<VersionOfRules> {
  if (existsSync(path) && statSync(path).isFile() && path.endsWith(".json")) {
    try {
      return readSnapshot(readFileSync(path, "utf8"));
    } catch (error) {
      if (error instanceof SnapshotError) throw new CommandError(`${path} cannot be read. ${error.message}`);
      throw error;
    }
  }
  return loadBackend(findBackend(path));
}

function asJson({ table, name, operation, isNew, outcomes }: RuleDifference): unknown {
  return {
    operation,
    name,
    isNew,
    outcomes: outcomes.map(({ change, callers, gained, lost }) => ({
      change,
      callers,
      ...(gained === undefined ? {} : { gained: exampleAsJson(gained, table) }),
      ...(lost === undefined ? {} : { lost: exampleAsJson(lost, table) }),
    })),
  };
}
