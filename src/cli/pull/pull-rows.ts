import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  copyRows,
  hasSecretFields,
  loadSecrets,
  type PulledSchema,
  type RefusedRow,
  type TableCopy,
  unmatchedColumns,
} from "#application";
import { createIdSource, systemClock } from "#base";
import { checkDatabaseFile, type Model, openSqlite, prepareDatabase, type SourceDatabase } from "#database";
import { databasePath, secretFieldKeys } from "#platform";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError } from "../command-line/command-error.ts";
import { printable } from "../command-line/printable.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";

export interface FillOptions {
  readonly source: SourceDatabase;
  readonly pulled: PulledSchema;
  readonly model: Model;
  /** Gets a database of ours, and must not have one. */
  readonly directory: string;
  /** What becomes of it all when a row is refused. */
  readonly onError: "stop" | "skip";
}

const SHOWN_REFUSALS = 100;

/** Makes the database in a folder beside the one wanted, and moves it there only when it is whole. */
export async function fillDirectory(options: FillOptions, terminal: Terminal): Promise<ExitCode> {
  const { directory, pulled, model, onError } = options;
  const final = databasePath(directory);
  if (existsSync(final)) throw new CommandError(`There is a database in ${directory} already. Give a directory that has none.`);
  const { leftOut, missing } = unmatchedColumns(pulled, model);
  if (missing.length > 0)
    throw new CommandError(
      `The definition needs what the file does not have. Give these fields a default or .optional():\n${lines(missing)}`,
    );
  if (leftOut.length > 0)
    terminal.report(`Left out, because the definition has no place for it:\n${lines(leftOut.map(printable))}`);
  mkdirSync(dirname(directory), { recursive: true });
  const work = `${directory}.pulling-${process.pid}`;
  mkdirSync(work, { mode: 0o700 });
  try {
    const refused: RefusedRow[] = [];
    const tables = await fill(options, { work, terminal, refused });
    terminal.progress("Checking");
    refuseUnsound(databasePath(work), tables);
    terminal.progress("");
    const failed = tables.reduce((sum, table) => sum + table.refused, 0);
    for (const { table, row, reason } of refused.slice(0, SHOWN_REFUSALS))
      terminal.report(printable(`${table}, ${row}: ${reason}`));
    if (failed > SHOWN_REFUSALS) terminal.report(`And ${failed - SHOWN_REFUSALS} more.`);
    if (failed > 0 && onError === "stop") {
      throw new CommandError(
        `${count(failed, "row")} refused, so nothing was kept. Change the definition until it takes them, or leave them out with --on-error skip.`,
      );
    }
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // First: a database whose secret fields nobody can read would be none.
    if (existsSync(secretFile(work))) renameSync(secretFile(work), secretFile(directory));
    renameSync(databasePath(work), final);
    describe(tables, final, terminal);
    return failed > 0 ? 1 : 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function secretFile(directory: string): string {
  return join(directory, "token-secret");
}

interface Work {
  readonly work: string;
  readonly terminal: Terminal;
  readonly refused: RefusedRow[];
}

async function fill(
  { source, pulled, model, directory }: FillOptions,
  { work, terminal, refused }: Work,
): Promise<readonly TableCopy[]> {
  const database = await openSqlite({ path: databasePath(work) });
  try {
    await prepareDatabase(database, model);
    // The directory may have a secret already, and gets one together with the database.
    const secretKeys = hasSecretFields(model)
      ? secretFieldKeys(await loadSecrets(existsSync(secretFile(directory)) ? directory : work))
      : undefined;
    const tables = await copyRows({
      source,
      pulled,
      model,
      database,
      ...(secretKeys === undefined ? {} : { secretKeys }),
      clock: systemClock,
      ids: createIdSource(systemClock),
      onProgress: ({ table, written, rows }) => terminal.progress(`${table}: ${written} of ${rows}`),
      onRefused: (refusal) => void (refused.length < SHOWN_REFUSALS && refused.push(refusal)),
    });
    return tables;
  } finally {
    await database.close();
  }
}

/** The file as it will be moved, with nothing beside it: all of it must be in there. */
function refuseUnsound(path: string, tables: readonly TableCopy[]): void {
  const { problems, facts } = checkDatabaseFile(path);
  if (problems.length > 0) throw new Error(`The new database is not sound:\n${lines(problems)}`);
  for (const { table, rows, written, refused } of tables) {
    const found = facts?.rows[table];
    if (rows !== written + refused || found !== written)
      throw new Error(`Of '${table}' ${rows} rows were read, ${written} written, ${refused} refused, and ${found} are there.`);
  }
}

function describe(tables: readonly TableCopy[], path: string, terminal: Terminal): void {
  if (terminal.json === true) {
    printResult(terminal, { database: path, tables: tables.map(({ table, written, refused }) => ({ table, written, refused })) });
    return;
  }
  const width = Math.max(...tables.map(({ table }) => table.length));
  for (const { table, written, refused } of tables)
    terminal.print(`  ${table.padEnd(width)}  ${count(written, "row")}${refused === 0 ? "" : `, ${refused} refused`}`);
  const written = tables.reduce((sum, each) => sum + each.written, 0);
  terminal.print(`${count(written, "row")} in ${path}, counted and checked.`);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `  ${text}`).join("\n");
}
