import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { count, type Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace } from "../backend/workplace.ts";
import type { ImportFormat } from "../command-line/choices.ts";
import type { ImportOutcome, ImportRow, ImportRules, Refusal } from "#application";
import type { Model } from "#database";
import { readMap } from "./field-names.ts";
import { planAll, planFile, type ImportPlan, readFiles, totalSize } from "./import-files.ts";
import { importHere } from "./import-here.ts";
import type { ReadProgress } from "./import-input.ts";
import { importAtServer } from "./import-at-server.ts";
import { interruptible } from "./interruptible.ts";

export interface ImportOptions {
  /** Undefined with `all`. */
  readonly table?: string;
  /** `-` is the standard input. */
  readonly file?: string;
  /** A folder with a file for each table, or a file of SQL. */
  readonly all?: string;
  readonly backend: string;
  readonly format?: ImportFormat;
  readonly onError: "stop" | "skip";
  readonly onConflict?: "merge" | "ignore";
  readonly key?: string;
  /** Each `column=field`. */
  readonly map?: readonly string[];
  readonly whole?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * Writes the rows of files into tables, as the system, in batches, without ever holding a file in memory: by the server that has the database, or here
 * where none runs. With `stop` all is one transaction, and the first row that is refused undoes it; with `skip` refused rows are told by their lines
 * and left out. Ends with 1 where anything was refused.
 */
export async function importFiles(options: ImportOptions, terminal: Terminal): Promise<ExitCode> {
  // The jobs that triggers leave are for the next server: nothing but rows is to be worked on here.
  const workplace = await openWorkplace(options.backend, { jobs: "off" });
  const { model } = workplace.backend;
  const { onError, onConflict, dryRun = false } = options;
  if (options.key !== undefined && onConflict === undefined) throw new UsageError("--key needs --on-conflict merge or ignore.");
  const plan = planOf(model, options);
  const progress: ReadProgress = { read: 0, total: totalSize(plan) };
  const notes: string[] = [];
  const rows = readFiles(plan, {
    model,
    progress,
    format: options.format,
    map: readMap(options.map ?? []),
    whole: options.whole === true,
    note: (text) => void notes.push(text),
  });
  const rules: ImportRules = {
    onError,
    dryRun,
    deferReferences: plan.isCircular && onError === "stop",
    ...(onConflict === undefined ? {} : { onConflict }),
    ...(options.key === undefined ? {} : { key: options.key.split(",").map((name) => name.trim()) }),
  };
  const began = performance.now();
  const checked = refuseKeyless(rows, rules);
  const server = findServer(workplace);
  const show = createProgress(terminal, progress, began);
  try {
    const outcome = await interruptible((signal) =>
      server === undefined
        ? importHere(checked, rules, { workplace, signal, onProgress: show })
        : importAtServer(checked, rules, { workplace, server, signal, onProgress: show }),
    );
    terminal.progress("");
    for (const text of notes) terminal.report(text);
    return report(outcome, { ...options, notes, seconds: (performance.now() - began) / 1000 }, terminal);
  } finally {
    terminal.progress("");
  }
}

function planOf(model: Model, { table, file, all, map = [] }: ImportOptions): ImportPlan {
  if (all !== undefined) {
    const plan = planAll(model, all);
    if (map.length > 0 && plan.files.length > 1) throw new UsageError("--map is about one table: import its file by itself.");
    return plan;
  }
  if (table === undefined || file === undefined) throw new UsageError("Name a table and a file, or a folder by --all.");
  return planFile(model, table, file);
}

/** Without a key to go by, no row would ever be found, and a second import would double them all. */
async function* refuseKeyless(rows: AsyncIterable<ImportRow>, { onConflict, key }: ImportRules): AsyncGenerator<ImportRow> {
  for await (const each of rows) {
    if (onConflict !== undefined && key === undefined && each.problem === undefined && !Object.hasOwn(each.row, "id"))
      throw new CommandError(
        `--on-conflict ${onConflict} goes by 'id', which the file does not have. Name a unique column of the table: --key <column>.`,
      );
    yield each;
  }
}

/** How far it is, how fast, and how long yet, by the bytes that were read. */
function createProgress(terminal: Terminal, progress: ReadProgress, began: number): (rows: number) => void {
  let shown = 0;
  return (rows) => {
    const now = performance.now();
    if (now - shown < 200) return;
    shown = now;
    const seconds = (now - began) / 1000;
    const { read, total } = progress;
    const part = total === undefined || total === 0 ? undefined : Math.min(read / total, 1);
    const left =
      part === undefined || part === 1 || seconds < 1 ? "" : `, ${describeSeconds((seconds / part) * (1 - part))} left`;
    const percent = part === undefined ? "" : ` (${Math.floor(part * 100)} %)`;
    terminal.progress(`${rows} rows${percent}, ${Math.round(rows / seconds)} a second${left}`);
  };
}

function describeSeconds(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function report(
  outcome: ImportOutcome,
  { seconds, notes, ...options }: ImportOptions & { readonly seconds: number; readonly notes: readonly string[] },
  terminal: Terminal,
): ExitCode {
  const { dryRun = false, json = false } = options;
  const { tables, refusals, kept } = outcome;
  const refused = tables.reduce((sum, each) => sum + each.refused, 0);
  const written = tables.reduce((sum, each) => sum + each.written, 0);
  if (json) {
    terminal.print(
      JSON.stringify({
        kept,
        dryRun,
        tables: kept || dryRun ? tables : tables.map((each) => ({ ...each, written: 0 })),
        refusals,
        notes,
      }),
    );
    return refused === 0 ? 0 : 1;
  }
  for (const each of refusals) terminal.report(describeRefusal(each));
  if (refused > refusals.length) terminal.report(`And ${refused - refusals.length} more.`);
  if (!kept && !dryRun) {
    terminal.report("Nothing was written. --dry-run lists all that would be refused.");
    return 1;
  }
  if (dryRun && refused > 0 && options.onError === "stop") {
    terminal.report(
      `${count(refused, "line")} would be refused, and so nothing would be written. --on-error skip leaves such lines out.`,
    );
    return 1;
  }
  if (tables.length > 1) {
    const width = Math.max(...tables.map(({ table }) => table.length));
    for (const each of tables) terminal.report(`  ${each.table.padEnd(width)}  ${count(each.written, "row")}`);
  }
  const rate = written >= 10_000 ? `, ${Math.round(written / seconds)} a second` : "";
  const left = refused === 0 ? "" : `, ${count(refused, "line")} left out`;
  terminal.report(
    dryRun ? `${count(written, "row")} would be written${left}. Nothing was.` : `${count(written, "row")} written${left}${rate}.`,
  );
  return refused === 0 ? 0 : 1;
}

function describeRefusal({ file, line, table, message }: Refusal): string {
  const place = [file, line === undefined ? (file === undefined ? table : undefined) : `line ${line}`].filter(
    (part) => part !== undefined,
  );
  return `${place.join(", ")}: ${message}`;
}
