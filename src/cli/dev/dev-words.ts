import type { Applied } from "#database";
import type { ProcessLogger } from "#server";
import { describeChange } from "./dev-migrate.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** What `chassis dev` itself says, beside what the versions say. */
export interface DevWords {
  /** A version is not served, or does not run any more. `goesOn`: one before it is served meanwhile. */
  trouble(message: string, goesOn: boolean): void;
  changed(applied: Applied): void;
  removed(database: string): void;
}

/** For people. */
export function wordsFor({ report, style }: Pick<Terminal, "report" | "style">): DevWords {
  return {
    trouble(message, goesOn) {
      report(`\n${message}\n`);
      report(style("yellow", `${goesOn ? "The last good version goes on." : "Nothing is served."} Waiting for a change.`));
    },
    changed: (applied) => report(describeChange(applied)),
    removed: (database) => report(`\n${database} was removed.`),
  };
}

/** For programs: lines of the log. */
export function wordsInLog(logger: ProcessLogger): DevWords {
  return {
    trouble(trouble, goesOn) {
      if (goesOn) logger.warn({ trouble }, "The last good version goes on. Waiting for a change.");
      else logger.warn({ trouble }, "Nothing is served. Waiting for a change.");
    },
    changed: ({ steps, milliseconds }) =>
      logger.info({ steps: steps.map(({ text }) => text), milliseconds: Math.round(milliseconds) }, "The database was changed."),
    removed: (database) => logger.warn({ database }, "The database was removed."),
  };
}
