import type { Hidden } from "#database";
import { confirm } from "../command-line/ask.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError } from "../command-line/command-error.ts";
import { run } from "./migrate-apply.ts";
import { openTarget } from "./migrate-target.ts";
import { openMigrationPlace, readStatus } from "./migrate-workplace.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";

export interface PurgeOptions {
  readonly backend: string;
  readonly everything?: boolean;
  readonly yes?: boolean;
}

/** Removes what was dropped and kept for a time: whose time is over, or all of it. It cannot be brought back. */
export async function migratePurge(
  { backend, everything = false, yes = false }: PurgeOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const place = await openMigrationPlace(backend);
  const { hidden } = await readStatus(place);
  const now = new Date().toISOString();
  const due = everything ? hidden : hidden.filter(({ until }) => until <= now);
  if (due.length === 0) {
    printResult(
      terminal,
      { purged: [] },
      hidden.length === 0
        ? "Nothing is hidden."
        : `Nothing is due: the first is kept until ${hidden
            .map(({ until }) => until)
            .sort()[0]
            ?.slice(0, 10)}. --everything takes it now.`,
    );
    return 0;
  }
  const names = due.map(nameOf).join(", ");
  if (!yes) {
    if (terminal.ask === undefined) throw new CommandError(`${names} would be gone for good. Say --yes where that is meant.`);
    if (!(await confirm(terminal, `${names} will be gone for good. Is that meant?`))) {
      terminal.report("Nothing was changed.");
      return 1;
    }
  }
  const target = await openTarget(place);
  try {
    const purged = (await run(target, { type: "purge", everything }, terminal)) as readonly Hidden[];
    printResult(terminal, { purged }, `Removed for good: ${purged.map(nameOf).join(", ")}.`);
    return 0;
  } finally {
    terminal.progress("");
    await target.close();
  }
}

function nameOf({ kind, table, column }: Hidden): string {
  return `${kind} ${column === undefined ? table : `${table}.${column}`}`;
}
