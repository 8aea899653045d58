import { type ImportOutcome, type ImportRow, importRows, type ImportRules } from "#application";
import { silentLogger } from "#base";
import { createPlatform } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import type { Workplace } from "../backend/workplace.ts";

export interface ImportingTools {
  readonly workplace: Workplace;
  readonly signal: AbortSignal;
  /** Hears how many rows were gone through. */
  readonly onProgress: (rows: number) => void;
}

/** Nobody else waits for a database that one command alone has open: a day, in milliseconds. */
const UNHURRIED = 86_400_000;

/** Writes the rows into a database that no server has. */
export async function importHere(
  rows: AsyncIterable<ImportRow>,
  rules: ImportRules,
  { workplace, signal, onProgress }: ImportingTools,
): Promise<ImportOutcome> {
  // All of it, for what a write sets off (history, triggers, audit) is the same whoever writes.
  const platform = await createPlatform({ ...workplace, backendFile: workplace.file, logger: silentLogger });
  try {
    const { records } = platform;
    const { model } = workplace.backend;
    return await importRows(rows, rules, { records, model, timeLimit: UNHURRIED, signal, onProgress });
  } catch (error) {
    throw signal.aborted ? interrupted(rules, error) : error;
  } finally {
    await platform.close();
  }
}

export function interrupted({ onError, dryRun = false }: ImportRules, cause: unknown): CommandError {
  const fate = onError === "skip" && !dryRun ? "What was written before stays." : "Nothing was written.";
  return new CommandError(`Interrupted. ${fate}`, { cause });
}
