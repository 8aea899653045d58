import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Clock, systemClock } from "#base";
import { type Answers, describeStep, type Migration, migrationId, type Plan, planMigration, renderMigration } from "#database";
import { describePlan } from "./describe-plan.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { type AnswerOptions, describeOpen, readAnswers, settle } from "./migrate-answers.ts";
import { openMigrationPlace, pendingMigrations, readFiles, reading, readStatus } from "./migrate-workplace.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";

export interface PlanOptions extends AnswerOptions {
  readonly backend: string;
  readonly name?: string;
  readonly dryRun?: boolean;
}

const NAME = /^[a-z0-9]+(?:[-_ ][a-z0-9]+)*$/i;

/**
 * Works out what leads from the database to the definition, asks what only a person knows, and writes it into a file of migrations/.
 * Ends with 1 where a question is open and nobody is there to answer it, or something would be lost that nobody allowed.
 */
export async function migratePlan(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const { name } = options;
  if (name !== undefined && !NAME.test(name))
    throw new UsageError(`--name takes a few words, such as --name add-body, not '${name}'.`);
  const answers = readAnswers(options);
  const place = await openMigrationPlace(options.backend);
  const files = await readFiles(place);
  const pending = pendingMigrations(files, await readStatus(place));
  if (pending.length > 0)
    throw new CommandError(
      `${pending.map(({ id }) => id).join(", ")} ${pending.length === 1 ? "waits" : "wait"} to be applied: plan after that, or delete what was never applied anywhere.`,
    );
  const { plan } = await settle(
    (given: Answers) => reading(place, (connection) => planMigration(connection, place.backend.model, given)),
    answers,
    terminal,
  );
  if (plan.isEmpty) {
    printResult(terminal, planned(plan, null), "The database is as the definition says. There is nothing to plan.");
    return 0;
  }
  if (plan.questions.length === 0 && terminal.json !== true) describePlan(plan, terminal);
  if (!plan.isReady) {
    terminal.report("Not written, because something is open:");
    for (const line of describeOpen(plan)) terminal.report(line);
    if (terminal.json === true) printResult(terminal, planned(plan, null));
    return 1;
  }
  if (options.dryRun === true) {
    if (terminal.json === true) printResult(terminal, planned(plan, null));
    return 0;
  }
  const migration: Migration = { name: name ?? nameOf(plan), from: plan.from, to: plan.to, steps: plan.steps, kinds: plan.kinds };
  const file = join(place.folder, `${migrationId(migration.name, clockAfter(files.at(-1)?.id))}.ts`);
  mkdirSync(place.folder, { recursive: true });
  writeFileSync(file, renderMigration(migration, { plan }));
  printResult(
    terminal,
    planned(plan, file),
    `\nWritten to ${relative(process.cwd(), file)}. Look at it, then:`,
    "  `chassis migrate rehearse`   tries it on a copy of the data",
    "  `chassis migrate apply`      applies it",
  );
  return 0;
}

/** A plan as `--json` tells it; `file` is where it was written. */
function planned(plan: Plan, file: string | null): object {
  const { isEmpty, isReady, isSafe, steps, questions, losses } = plan;
  return { file, isEmpty, isReady, isSafe, steps: steps.map(describeStep), questions, losses };
}

/** They run in the order of their moments, in seconds: one that is planned in the same second as the last comes after it. */
function clockAfter(last: string | undefined): Clock {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/.exec(last ?? "") ?? [];
  const least = year === undefined ? 0 : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + 1000;
  return { ...systemClock, now: () => Math.max(systemClock.now(), least) };
}

/** "add-column-reviews-body", of the first step. */
function nameOf({ steps }: Plan): string {
  const [first] = steps;
  const words = first === undefined ? "meaning of values" : describeStep(first).replace(/:.*$/s, "");
  const name = words
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 48)
    .replace(/-$/, "");
  return steps.length > 1 ? `${name}-and-${steps.length - 1}-more` : name;
}
