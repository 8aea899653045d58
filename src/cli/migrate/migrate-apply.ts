import { type Applied, compatibilityAfter, type MigrationFile, type Progress } from "#database";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError } from "../command-line/command-error.ts";
import { type MigrationTarget, openTarget } from "./migrate-target.ts";
import {
  type MigrationPlace,
  openMigrationPlace,
  pendingMigrations,
  readFiles,
  reading,
  readStatus,
} from "./migrate-workplace.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";
import { findServer } from "../backend/workplace.ts";

export interface ApplyCommand {
  readonly backend: string;
  /** Also where the server that runs would not work on what comes of it. */
  readonly force?: boolean;
}

/** Applies what waits, in order: at the server where one runs, else here. What is done stays done, wherever it is stopped. */
export async function migrateApply({ backend, force = false }: ApplyCommand, terminal: Terminal): Promise<ExitCode> {
  const place = await openMigrationPlace(backend);
  const status = await readStatus(place);
  const files = await readFiles(place);
  const { unfinished } = status;
  if (unfinished?.state === "rollingBack")
    throw new CommandError(`'${unfinished.id}' is being rolled back. Finish that first: chassis migrate rollback.`);
  const pending = pendingMigrations(files, status);
  if (unfinished !== undefined && pending[0]?.id !== unfinished.id)
    throw new CommandError(
      `'${unfinished.id}' was begun, and its file is not in ${place.folder}. Put it back there, or go back: chassis migrate rollback.`,
    );
  if (pending.length === 0) {
    if (terminal.json === true) return 0;
    printResult(
      terminal,
      {},
      files.length === 0
        ? `There is no migration in ${place.folder}. \`chassis migrate plan\` writes one.`
        : "Nothing waits to be applied.",
    );
    return 0;
  }
  if (!force) await refuseToBreak(place, pending);
  const target = await openTarget(place);
  try {
    if (target.url !== undefined) terminal.report(`Applied by the server at ${target.url}, which goes on serving.`);
    for (const { id, migration } of pending) {
      const applied = (await run(target, { type: "apply", migration: { id, migration } }, terminal)) as Applied;
      describeApplied(applied, "applied", terminal);
    }
  } finally {
    terminal.progress("");
    await target.close();
  }
  return 0;
}

/** What a server runs on, it must go on working on. */
async function refuseToBreak(place: MigrationPlace, pending: readonly MigrationFile[]): Promise<void> {
  if (findServer(place) === undefined) return;
  const steps = pending.flatMap(({ migration }) => migration.steps);
  const { breaks } = await reading(place, (connection) => compatibilityAfter(connection, place.backend.model, steps));
  if (breaks.length === 0) return;
  throw new CommandError(
    `The version that runs would not work on it:\n${breaks.map((line) => `  ${line}`).join("\n")}\n` +
      "Stop it, and start the new one with `chassis start --migrate`. Or say --force where it may fail for a while.",
  );
}

export async function run(
  target: MigrationTarget,
  order: Parameters<MigrationTarget["run"]>[0],
  terminal: Terminal,
): Promise<Awaited<ReturnType<MigrationTarget["run"]>>> {
  return target.run(order, (progress) => terminal.progress(describeProgress(progress)));
}

export function describeProgress({ id, step, steps, text, rows }: Progress): string {
  return `${id}: ${step} of ${steps}, ${text}${rows === undefined ? "" : ` (${rows.done} of about ${rows.total} rows)`}`;
}

export function describeApplied(
  { id, resumed, isExpected, milliseconds, longestStall, steps }: Applied,
  what: string,
  terminal: Terminal,
): void {
  terminal.progress("");
  printResult(
    terminal,
    { id, what, resumed, isExpected, milliseconds, longestStall, steps },
    `${id} ${what}${resumed ? ", from where it had stopped" : ""}: ${count(steps.length, "step")} in ${seconds(milliseconds)}; other writes waited ${seconds(longestStall)} at most.`,
  );
  if (!isExpected)
    terminal.report(
      "The database is not quite what the migration says it leads to: a step of SQL has changed more. `chassis migrate status` says how it differs from the definition.",
    );
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
