import { createReadStream, existsSync } from "node:fs";
import { extname } from "node:path";
import type { Readable } from "node:stream";
import { type InputRow, type InsertQuery, type Records, system } from "#application";
import { AppError } from "#contract";
import { didYouMean, silentLogger } from "#base";
import { createPlatform } from "#platform";
import type { ExitCode } from "./exit-code.ts";
import { tablesThereAre } from "./access-question.ts";
import { CommandError } from "./command-error.ts";
import { describeProblem } from "./failure.ts";
import { readCsv, readNdjson, type SourceRow } from "./row-reader.ts";
import { count, reportResult, type Terminal } from "./terminal.ts";
import { findServer, openWorkplace } from "./workplace.ts";

export interface ImportOptions {
  readonly table: string;
  /** `-` is the standard input. */
  readonly file: string;
  readonly backend: string;
  readonly format?: "csv" | "ndjson";
  readonly onError: "stop" | "skip";
  readonly onConflict?: "merge" | "ignore";
  readonly key?: string;
}

interface Tally {
  written: number;
  rejected: number;
}

/** What one statement writes; with `skip`, also what one transaction is. */
const BATCH = 1000;
const SHOWN_REJECTIONS = 100;

/**
 * Writes the rows of a file into a table, as the system, in batches, without ever holding the file in memory. With `stop` all
 * is one transaction, and the first line that is refused undoes it; with `skip` refused lines are reported by their
 * numbers and left out. Ends with 1 where anything was refused.
 */
export async function importRows(options: ImportOptions, terminal: Terminal): Promise<ExitCode> {
  const workplace = await openWorkplace(options.backend);
  const { model } = workplace.backend;
  if (!model.tables.has(options.table) && model.tables.has(options.file))
    throw new CommandError(`The table comes first: chassis import ${options.file} ${options.table}`);
  if (!model.tables.has(options.table))
    throw new CommandError(
      `There is no table '${options.table}'${didYouMean(options.table, model.tables.keys()) || tablesThereAre(model.tables)}`,
    );
  if (options.key !== undefined && options.onConflict === undefined)
    throw new CommandError("--key needs --on-conflict merge or ignore.");
  const server = findServer(workplace);
  if (server !== undefined) {
    throw new CommandError(
      `A server (process ${server.pid}) has the database, and one process at a time may. Stop it, import, and start it again.`,
    );
  }
  const format = options.format ?? formatOf(options.file);
  const read = format === "csv" ? readCsv : readNdjson;
  const platform = await createPlatform({ ...workplace, backendFile: workplace.file, logger: silentLogger });
  try {
    const tally: Tally = { written: 0, rejected: 0 };
    const rows = read(openFile(options.file));
    const writer = new BatchWriter(options, format === "csv" ? "text" : "json", terminal, tally);
    if (options.onError === "stop")
      await platform.records.transaction((records) => writer.writeAll(rows, records), { timeLimit: UNHURRIED });
    else await writer.writeAll(rows, platform.records);
    terminal.progress("");
    reportResult(terminal, tally, `${describeTally(tally)}.`);
    return tally.rejected === 0 ? 0 : 1;
  } catch (error) {
    terminal.progress("");
    if (error instanceof RejectedLine) throw new CommandError(`${error.message}\nNothing was written.`);
    throw error;
  } finally {
    await platform.close();
  }
}

/** Nobody else waits for a database that one command alone has open: a day, in milliseconds. */
const UNHURRIED = 86_400_000;

/** Why a line is left out. */
interface Rejection {
  readonly line: number;
  readonly error: AppError;
}

class RejectedLine extends Error {
  constructor({ line, error }: Rejection) {
    super(`line ${line}: ${describeProblem(error)}`, { cause: error });
  }
}

class BatchWriter {
  readonly #options: ImportOptions;
  readonly #form: "text" | "json";
  readonly #terminal: Terminal;
  readonly #tally: Tally;

  constructor(options: ImportOptions, form: "text" | "json", terminal: Terminal, tally: Tally) {
    this.#options = options;
    this.#form = form;
    this.#terminal = terminal;
    this.#tally = tally;
  }

  async writeAll(rows: AsyncIterable<SourceRow>, records: Pick<Records, "write">): Promise<void> {
    let batch: SourceRow[] = [];
    for await (const row of rows) {
      this.#refuseKeyless(row);
      batch.push(row);
      // With `stop` an unreadable line ends it all, once the lines before it have had their turn.
      if (batch.length < BATCH && (row.problem === undefined || this.#options.onError === "skip")) continue;
      await this.#finish(batch, records);
      batch = [];
    }
    await this.#finish(batch, records);
  }

  /** Without a key to go by, no row would ever be found, and a second import would double them all. */
  #refuseKeyless({ row, problem }: SourceRow): void {
    const { onConflict, key } = this.#options;
    if (onConflict === undefined || key !== undefined || problem !== undefined || Object.hasOwn(row, "id")) return;
    throw new CommandError(
      `--on-conflict ${onConflict} goes by 'id', which the file does not have. Name a unique column of the table: --key <column>.`,
    );
  }

  /** Writes what is good of a batch, and rejects the rest in the order of the file. */
  async #finish(batch: readonly SourceRow[], records: Pick<Records, "write">): Promise<void> {
    const good = batch.filter(({ problem }) => problem === undefined);
    const refused = good.length === 0 ? [] : await this.#write(good, records);
    const unreadable = batch.flatMap(({ line, problem }) => (problem === undefined ? [] : [{ line, error: problem }]));
    for (const rejection of [...refused, ...unreadable].sort((left, right) => left.line - right.line)) this.#reject(rejection);
    this.#terminal.progress(describeTally(this.#tally));
  }

  // The lines to blame are found by halving: a good batch is one statement, one bad line in a thousand costs ten more.
  async #write(batch: readonly SourceRow[], records: Pick<Records, "write">): Promise<readonly Rejection[]> {
    try {
      const { affected } = await records.write(this.#query(batch.map(({ row }) => row)), system);
      this.#tally.written += affected;
      return [];
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const [first] = batch;
      if (batch.length === 1 && first !== undefined) return [{ line: first.line, error }];
      const middle = Math.ceil(batch.length / 2);
      const before = await this.#write(batch.slice(0, middle), records);
      // With `stop` the first is the only one that counts.
      if (before.length > 0 && this.#options.onError === "stop") return before;
      return [...before, ...(await this.#write(batch.slice(middle), records))];
    }
  }

  #reject(rejection: Rejection): void {
    if (this.#options.onError === "stop") throw new RejectedLine(rejection);
    this.#tally.rejected += 1;
    if (this.#tally.rejected > SHOWN_REJECTIONS) return;
    this.#terminal.progress("");
    this.#terminal.report(`line ${rejection.line}: ${describeProblem(rejection.error)}`);
    if (this.#tally.rejected === SHOWN_REJECTIONS) this.#terminal.report("More lines are left out without a word.");
  }

  #query(rows: readonly InputRow[]): InsertQuery {
    const { table, onConflict, key } = this.#options;
    const columns = key?.split(",").map((name) => name.trim());
    return {
      type: "insert",
      table,
      rows,
      rowForm: this.#form,
      missing: "default",
      values: [],
      form: "json",
      ...(onConflict === undefined
        ? {}
        : { onConflict: { resolution: onConflict, ...(columns === undefined ? {} : { columns }) } }),
    };
  }
}

function formatOf(file: string): "csv" | "ndjson" {
  const extension = extname(file).toLowerCase();
  if (extension === ".csv") return "csv";
  if (extension === ".ndjson" || extension === ".jsonl") return "ndjson";
  throw new CommandError(`What is ${file === "-" ? "the standard input" : file}? Say --format csv or --format ndjson.`);
}

function openFile(file: string): Readable {
  if (file === "-") return process.stdin;
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
  return createReadStream(file);
}

function describeTally({ written, rejected }: Tally): string {
  const left = rejected === 0 ? "" : `, ${count(rejected, "line")} left out`;
  return `${count(written, "row")} written${left}`;
}
