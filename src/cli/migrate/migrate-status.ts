import { describeStep, type Hidden, type MigrationRecord, MigrationError, planMigration } from "#database";
import type { ExitCode } from "../command-line/exit-code.ts";
import {
  openMigrationPlace,
  pendingMigrations,
  readFiles,
  reading,
  readStatus,
  type MigrationPlace,
} from "./migrate-workplace.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";
import { findServer } from "../backend/workplace.ts";

/** Where the database stands: what was applied, what waits, what is hidden, and what to do next. Changes nothing. */
export async function migrateStatus({ backend }: { readonly backend: string }, terminal: Terminal): Promise<ExitCode> {
  const place = await openMigrationPlace(backend);
  const [status, files] = [await readStatus(place), await readFiles(place)];
  const pending = pendingMigrations(files, status);
  const server = findServer(place);
  if (terminal.json === true) {
    const { migrations, hidden, unfinished } = status;
    const next = await whatToDo(place, { unfinished, waiting: pending.length });
    printResult(terminal, {
      database: place.path,
      server: server ?? null,
      migrations,
      waiting: pending.map(({ id }) => id),
      hidden,
      next: next.join("\n").trim(),
    });
    return 0;
  }
  terminal.print(`${place.path}${server === undefined ? "" : `, which the server (process ${server.pid}) has open`}`);
  section(terminal, "Applied", status.migrations.filter(({ state }) => state !== "rolledBack").map(describeRecord));
  section(
    terminal,
    "Waiting to be applied",
    pending.map(({ id }) => (id === status.unfinished?.id ? `${id}  begun` : id)),
  );
  section(terminal, "Hidden, and still there", status.hidden.map(describeHidden));
  for (const line of await whatToDo(place, { unfinished: status.unfinished, waiting: pending.length }))
    terminal.print(terminal.copyable?.(line) ?? line);
  return 0;
}

function section(terminal: Terminal, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  terminal.print(`\n${terminal.style("bold", title)}`);
  for (const line of lines) terminal.print(`  ${line}`);
}

function describeRecord({ id, state, finished, step, steps }: MigrationRecord): string {
  if (state === "applied") return `${id}  ${finished ?? ""}`.trimEnd();
  return `${id}  ${state === "applying" ? "begun" : "being rolled back"}, ${step} of ${count(steps, "step")} done`;
}

function describeHidden({ kind, table, column, since, until }: Hidden): string {
  return `${kind} ${column === undefined ? table : `${table}.${column}`}  since ${since.slice(0, 10)}, kept until ${until.slice(0, 10)}`;
}

interface Standing {
  readonly unfinished: MigrationRecord | undefined;
  readonly waiting: number;
}

async function whatToDo(place: MigrationPlace, { unfinished, waiting }: Standing): Promise<readonly string[]> {
  if (unfinished !== undefined) {
    return unfinished.state === "applying"
      ? [
          "",
          `'${unfinished.id}' is not finished. \`chassis migrate apply\` goes on with it, \`chassis migrate rollback\` goes back.`,
        ]
      : ["", `'${unfinished.id}' is being rolled back. \`chassis migrate rollback\` goes on with that.`];
  }
  if (waiting > 0) {
    return [
      "",
      `\`chassis migrate rehearse\` tries ${waiting === 1 ? "it" : "the next one"} on a copy of the data, \`chassis migrate apply\` applies ${waiting === 1 ? "it" : "them"}.`,
    ];
  }
  const plan = await reading(place, (connection) => planMigration(connection, place.backend.model)).catch((error: unknown) => {
    if (error instanceof MigrationError) return error;
    throw error;
  });
  if (plan instanceof MigrationError) return ["", plan.message];
  if (plan.isEmpty) return ["", "The database is as the definition says. There is nothing to do."];
  const open = plan.questions.length + plan.losses.filter(({ isAllowed }) => !isAllowed).length;
  return [
    "",
    "The definition differs from the database:",
    // While something is open, the steps are those of somebody who renames nothing.
    ...(plan.questions.length > 0 ? [] : plan.steps.map((step) => `  ${describeStep(step)}`)),
    ...plan.losses.filter(({ isAllowed }) => !isAllowed).map(({ text }) => `  ! ${text}`),
    ...plan.questions.map(({ text }) => `  ? ${text}`),
    open === 0
      ? "`chassis migrate plan` writes that into a migration."
      : "`chassis migrate plan` writes it into a migration, and asks first.",
  ];
}
