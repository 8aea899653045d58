import type { Applied } from "#database";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError } from "../command-line/command-error.ts";
import { readAnswers } from "./migrate-answers.ts";
import { describeApplied, run } from "./migrate-apply.ts";
import { openTarget } from "./migrate-target.ts";
import { openMigrationPlace, readStatus } from "./migrate-workplace.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface RollbackOptions {
  readonly backend: string;
  readonly fill?: readonly string[];
}

/** Takes the last migration back, or the one that was interrupted. Needs no file: the database remembers what undoes it. */
export async function migrateRollback({ backend, fill }: RollbackOptions, terminal: Terminal): Promise<ExitCode> {
  const answers = readAnswers(fill === undefined ? {} : { fill });
  const place = await openMigrationPlace(backend);
  const { migrations, unfinished } = await readStatus(place);
  if (unfinished === undefined && !migrations.some(({ state }) => state === "applied"))
    throw new CommandError("There is no migration to roll back.");
  const target = await openTarget(place);
  try {
    if (target.url !== undefined) terminal.report(`Rolled back by the server at ${target.url}, which goes on serving.`);
    const order = { type: "rollback", ...(answers.fill === undefined ? {} : { fill: answers.fill }) } as const;
    describeApplied((await run(target, order, terminal)) as Applied, "rolled back", terminal);
    return 0;
  } finally {
    terminal.progress("");
    await target.close();
  }
}
