import { describeRehearsal, type MigrationFile, type NamedMigration, rehearseMigration } from "#database";
import type { ExitCode } from "../command-line/exit-code.ts";
import { openMigrationPlace, pendingMigrations, readFiles, readStatus } from "./migrate-workplace.ts";
import { rehearsalStatements } from "./rehearsal-statements.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";

export interface RehearseOptions {
  readonly backend: string;
  /** Where the copy is put. */
  readonly folder?: string;
}

/** Tries the next migration on a copy of the real data: up, down, up again. The database itself is only read. */
export async function migrateRehearse({ backend, folder }: RehearseOptions, terminal: Terminal): Promise<ExitCode> {
  const place = await openMigrationPlace(backend);
  const pending = pendingMigrations(await readFiles(place), await readStatus(place));
  const named = asOne(pending);
  if (named === undefined) {
    printResult(terminal, { migrations: [] }, "Nothing waits to be applied.");
    return 0;
  }
  const rehearsal = await rehearseMigration(place.path, named, {
    model: place.backend.model,
    statements: rehearsalStatements(place.backend),
    report: (progress) => terminal.progress(progress),
    ...(folder === undefined ? {} : { folder }),
  });
  terminal.progress("");
  printResult(terminal, { migrations: pending.map(({ id }) => id), ...rehearsal }, describeRehearsal(rehearsal));
  if (pending.length > 1) terminal.report(`Rehearsed as one: ${pending.map(({ id }) => id).join(", ")}.`);
  return rehearsal.isGood ? 0 : 1;
}

/** What waits in a row leads to the definition only as a whole. */
function asOne(pending: readonly MigrationFile[]): NamedMigration | undefined {
  const [first, last] = [pending[0], pending.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const steps = pending.flatMap(({ migration }) => migration.steps);
  return { id: last.id, migration: { ...last.migration, from: first.migration.from, steps } };
}
