import { extname, join } from "node:path";
import { Writable } from "node:stream";
import { type Caller, createRecordStore, loadSecrets, type RecordStore, type RowStream, system } from "#application";
import { createIdSource, systemClock } from "#base";
import { AppError } from "#contract";
import { type Model, sqliteDialect, type StreamingConnection, type Table } from "#database";
import { secretFieldKeys } from "#platform";
import { parseRead } from "#server";
import { findTable } from "../permissions/access-question.ts";
import { readActor } from "../backend/actor-options.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { readOnly } from "../backend/read-only.ts";
import { count, type Terminal } from "../command-line/terminal.ts";
import type { Workplace } from "../backend/workplace.ts";
import { type ExportFormat, exportFormats } from "../command-line/choices.ts";
import { type ExportManifest, isExport, manifestName } from "./export-manifest.ts";
import { addressOf, type QueryOptions, refuseManyTables } from "./export-query.ts";
import { interruptible } from "./interruptible.ts";
import { portableTable } from "./portable-schema.ts";
import { createEncoder } from "./row-encoder.ts";
import { orderTables } from "./table-order.ts";
import { writePart, writeToReader, writeWholeFile, writeWholeFolder } from "./whole-file.ts";

export interface ExportOptions extends QueryOptions {
  /** Empty with `all`. */
  readonly tables: readonly string[];
  readonly all?: boolean;
  readonly backend: string;
  readonly format?: ExportFormat;
  /** A file, or for several tables a folder; by default the standard output. */
  readonly out?: string;
  readonly force?: boolean;
  /** The files of a folder are packed. */
  readonly gzip?: boolean;
  /** SQL alone: the tables' definitions come too. Default true. */
  readonly schema?: boolean;
  readonly as?: string;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  /** As whoever is not signed in. */
  readonly anonymous?: boolean;
  readonly secrets?: boolean;
  readonly deleted?: boolean;
  readonly json?: boolean;
}

interface TableExport {
  readonly table: Table;
  /** Opened when the rows are asked for. */
  readonly open: () => RowStream;
}

interface Told {
  readonly table: string;
  rows: number;
}

/**
 * Writes the rows of tables as CSV, NDJSON or SQL, however many: all of one moment, beside a running server or without one. As the system,
 * or as somebody under the rules that hold for them. Files are there whole or not at all.
 */
export async function exportTables(options: ExportOptions, terminal: Terminal): Promise<void> {
  const format = formatOf(options);
  refuseConflicts(options, format);
  await withDatabase(options.backend, async (connection, workplace) => {
    const caller = callerOf(workplace.backend.model, options);
    const records = await recordsOf(connection, workplace);
    const tables = tablesOf(options, { workplace, records, caller });
    if (options.secrets === true)
      terminal.report("Secret fields are among what is written, in the clear: keep it where nobody else can read it.");
    // One state for all tables, whatever is written meanwhile.
    await connection.run("BEGIN", []);
    const at = new Date().toISOString();
    const exports = tables.map((table) => ({ table, open: () => open(table) }));
    // What cannot be asked for, or written so, is refused before anything is written.
    for (const { table, open } of exports) createEncoder(format, table.name, open().fields);
    const told = await interruptible((signal) => write({ options, format, at, signal, terminal }, exports));
    report(told, { options, format, at }, terminal);

    function open(table: Table): RowStream {
      // Whoever exports as somebody has what they may read.
      const model = caller === system ? workplace.backend.model : undefined;
      const { query } = parseRead(table.name, addressOf(options, table, model));
      try {
        return records.stream(connection, query, caller, { secrets: options.secrets === true });
      } catch (error) {
        throw describeReading(error);
      }
    }
  });
}

interface Writing {
  readonly options: ExportOptions;
  readonly format: ExportFormat;
  readonly at: string;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

async function write(writing: Writing, tables: readonly TableExport[]): Promise<readonly Told[]> {
  const { options, format, signal, terminal } = writing;
  const told = tables.map(({ table }): Told => ({ table: table.name, rows: 0 }));
  const { out, force = false } = options;
  const pieces = (place: number): Iterable<string> => tableText(writing, tables[place] as TableExport, told[place] as Told);
  const all = function* (): Iterable<string> {
    if (format !== "sql") return yield* pieces(0);
    yield* sqlText(writing, tables, pieces);
  };
  try {
    if (out === undefined) await writeToReader(all(), terminal.output ?? lineByLine(terminal), signal);
    else if ((tables.length === 1 && !isFolder(options)) || format === "sql") await writeWholeFile(out, all(), { signal, force });
    else
      await writeWholeFolder(
        out,
        async (folder) => {
          const files = told.map(({ table }) => `${table}.${format}${options.gzip === true ? ".gz" : ""}`);
          for (const [place, file] of files.entries()) await writePart(join(folder, file), pieces(place), { signal });
          const manifest: ExportManifest = {
            chassisExport: 1,
            at: writing.at,
            format,
            tables: told.map(({ table, rows }, place) => ({ table, file: files[place] ?? "", rows })),
          };
          await writePart(join(folder, manifestName), [`${JSON.stringify(manifest, null, 2)}\n`], { signal });
        },
        { force, mayReplace: isExport },
      );
  } finally {
    terminal.progress("");
  }
  return told;
}

/** Pieces of about so many characters: a call of the system for each row would cost more than the row. */
const PIECE = 65_536;

function* tableText({ format, terminal, options }: Writing, { table, open }: TableExport, told: Told): Iterable<string> {
  const { fields, rows } = open();
  const encoder = createEncoder(format, table.name, fields);
  let piece = encoder.start;
  const began = performance.now();
  let shown = began;
  try {
    for (const row of rows) {
      // Inside a text a line break is always written as an escape: what there may be stands between two values.
      piece += encoder.row(row.includes("\n") ? row.replaceAll("\n", " ") : row);
      told.rows += 1;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = "";
      const now = performance.now();
      if (options.out === undefined || now - shown < 200) continue;
      shown = now;
      terminal.progress(`${table.name}: ${told.rows} rows, ${Math.round((told.rows / (now - began)) * 1000)} a second`);
    }
  } catch (error) {
    throw describeReading(error);
  }
  yield piece + encoder.end();
}

function* sqlText(
  { options, at }: Writing,
  tables: readonly TableExport[],
  pieces: (place: number) => Iterable<string>,
): Iterable<string> {
  yield `-- Exported by Chassis at ${at}.\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n`;
  if (options.schema !== false) {
    const exported = new Map(tables.map(({ table }) => [table.name, table]));
    for (const { table, open } of tables) {
      const names = open().fields.flatMap(({ column }) =>
        column === undefined || column.computed !== undefined ? [] : [column.name],
      );
      yield portableTable(table, names, exported);
    }
  }
  for (const place of tables.keys()) yield* pieces(place);
  yield "COMMIT;\n";
}

function report(
  told: readonly Told[],
  { options, format, at }: Pick<Writing, "options" | "format" | "at">,
  terminal: Terminal,
): void {
  const { out, json = false } = options;
  if (out === undefined) return;
  if (json) return terminal.print(JSON.stringify({ out, format, at, tables: told }));
  const rows = told.reduce((sum, each) => sum + each.rows, 0);
  if (told.length > 1) {
    const width = Math.max(...told.map(({ table }) => table.length));
    for (const each of told) terminal.report(`  ${each.table.padEnd(width)}  ${count(each.rows, "row")}`);
  }
  terminal.report(`${count(rows, "row")} written to ${out}.`);
}

function formatOf({ format, out }: ExportOptions): ExportFormat {
  if (format !== undefined) return format;
  const extension = extname(out?.replace(/\.gz$/i, "") ?? "")
    .slice(1)
    .toLowerCase();
  if (extension === "jsonl") return "ndjson";
  return exportFormats.find((each) => each === extension) ?? "csv";
}

function isFolder({ all = false, tables }: ExportOptions): boolean {
  return all || tables.length > 1;
}

function refuseConflicts(options: ExportOptions, format: ExportFormat): void {
  const { out, json = false, secrets = false, gzip = false, force = false, as: user, anonymous = false, role, claim } = options;
  const isRestricted = user !== undefined || anonymous;
  if (user !== undefined && anonymous) throw new UsageError("--as and --anonymous exclude each other.");
  if (user === undefined && (role !== undefined || claim !== undefined))
    throw new UsageError("Roles and claims are somebody's: say whose with --as.");
  if (secrets && isRestricted)
    throw new UsageError("Nobody but the system may read secret fields: leave --as and --anonymous away.");
  if (json && out === undefined)
    throw new UsageError("--json prints what was written, and goes with --out: without it the rows themselves are printed.");
  if (force && out === undefined) throw new UsageError("--force is for what --out names.");
  if (options.schema === false && format !== "sql") throw new UsageError("--no-schema goes with --format sql.");
  const several = isFolder(options);
  if (several) refuseManyTables(options);
  if (several && format !== "sql" && out === undefined)
    throw new UsageError("Several tables are several files: name a folder by --out, or choose --format sql.");
  if (several && format !== "sql" && /\.(?:csv|ndjson|jsonl|gz)$/i.test(out ?? ""))
    throw new UsageError(
      `Several tables are several files: name a folder by --out, not ${out}. Their files are packed with --gzip.`,
    );
  if (gzip && !(several && format !== "sql"))
    throw new UsageError("--gzip is for the files of a folder. A single file is packed where its name ends in .gz.");
}

function callerOf(model: Model, { as: user, role, claim, anonymous = false }: ExportOptions): Caller {
  if (anonymous) return null;
  if (user === undefined) return system;
  return readActor(model, { user, ...(role === undefined ? {} : { role }), ...(claim === undefined ? {} : { claim }) });
}

async function recordsOf(connection: StreamingConnection, workplace: Workplace): Promise<RecordStore> {
  const { model, rules } = workplace.backend;
  return createRecordStore({
    database: readOnly(connection),
    dialect: sqliteDialect,
    model,
    rules,
    clock: systemClock,
    ids: createIdSource(systemClock),
    secretKeys: secretFieldKeys(await loadSecrets(workplace.dataDirectory)),
    // Who runs this has the database: what keeps a caller from taking all of it does not bind them.
    limits: { maxRows: Number.MAX_SAFE_INTEGER, maxAnswerLength: Number.MAX_SAFE_INTEGER },
  });
}

interface Reach {
  readonly workplace: Workplace;
  readonly records: RecordStore;
  readonly caller: Caller;
}

function tablesOf({ tables: names, all = false }: ExportOptions, { workplace, caller, records }: Reach): readonly Table[] {
  const { backend } = workplace;
  if (!all) {
    const wanted = [...new Set(names)].map((name) => findTable(backend, name));
    return wanted.length === 1 ? wanted : orderTables(wanted).tables;
  }
  const reachable = caller === system ? [...backend.model.tables.keys()] : records.tablesOf(caller);
  if (reachable.length === 0) throw new CommandError("There is no table of which they may read anything.");
  return orderTables(reachable.map((name) => findTable(backend, name))).tables;
}

function describeReading(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  return /^no such (?:table|column)/.test(error.message)
    ? new CommandError(
        `The database is not what the definition says (${error.message}). See what differs: chassis migrate status`,
        { cause: error },
      )
    : error;
}

/** For a terminal that takes lines alone. */
function lineByLine(terminal: Terminal): Writable {
  return new Writable({
    decodeStrings: false,
    write(piece: string | Buffer, _, done) {
      terminal.print(String(piece).replace(/\n$/, ""));
      done();
    },
  });
}
