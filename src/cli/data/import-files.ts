import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import type { ImportRow } from "#application";
import { didYouMean } from "#base";
import { type Model, type Table, tableOf } from "#database";
import { findTable } from "../permissions/access-question.ts";
import { CommandError } from "../command-line/command-error.ts";
import type { ImportFormat } from "../command-line/choices.ts";
import { type ExportManifest, manifestName, readManifest } from "./export-manifest.ts";
import { createFieldNames, type FieldNames } from "./field-names.ts";
import { openInput, type ReadProgress, sizeOf, UnreadableInput } from "./import-input.ts";
import { readCsv, readJsonArray, readNdjson, type ReadingOptions, type SourceRow } from "./row-reader.ts";
import { readSql } from "./sql-reader.ts";
import { orderTables } from "./table-order.ts";

/** A file to be read, and into which table; undefined for one of SQL that says it itself. */
export interface ImportFile {
  readonly path: string;
  readonly table: Table | undefined;
  /** How many rows it has, where that is known. */
  readonly rows: number | undefined;
}

export interface ImportPlan {
  /** In the order in which they are read. */
  readonly files: readonly ImportFile[];
  /** A row may come before one that it refers to. */
  readonly isCircular: boolean;
}

/** One file into one table. */
export function planFile(model: Model, table: string, path: string): ImportPlan {
  if (!model.tables.has(table) && model.tables.has(path))
    throw new CommandError(`The table comes first: chassis import ${path} ${table}`);
  const found = findTable({ model }, table);
  return { files: [{ path, table: found, rows: undefined }], isCircular: orderTables([found]).isCircular };
}

/** A folder with a file for each table, such as an export, or one file of SQL: all that is there. */
export function planAll(model: Model, path: string): ImportPlan {
  if (!existsSync(path)) throw new CommandError(`There is no ${path}.`);
  // Of SQL nobody knows in which order its tables come.
  if (!statSync(path).isDirectory()) return { files: [{ path, table: undefined, rows: undefined }], isCircular: true };
  const manifest = readManifest(path);
  const files = new Map<string, ImportFile>();
  for (const name of namesIn(path, manifest)) {
    const table = tableOfFile(model, name);
    refuseLeadingOut(path, name);
    const other = files.get(table.name);
    if (other !== undefined) throw new CommandError(`${basename(other.path)} and ${name} are both of the table '${table.name}'.`);
    const rows = manifest?.tables.find((each) => each.file === name)?.rows;
    files.set(table.name, { path: join(path, name), table, rows });
  }
  if (files.size === 0)
    throw new CommandError(`There is nothing to import in ${path}: files are called as their tables are, such as books.csv.`);
  const { tables, isCircular } = orderTables([...files.keys()].map((name) => tableOf(model, name)));
  return { files: tables.flatMap(({ name }) => files.get(name) ?? []), isCircular };
}

/** A folder that came from somebody else must not have files of this machine read into tables. */
function refuseLeadingOut(folder: string, name: string): void {
  const real = realpathSync(join(folder, name));
  if (!real.startsWith(realpathSync(folder) + sep))
    throw new CommandError(
      `${name} is a link that leads out of ${folder}. To import what it leads to: chassis import <table> ${real}`,
    );
}

function namesIn(folder: string, manifest: ExportManifest | undefined): readonly string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith(".") && name !== manifestName);
  const missing = manifest?.tables.find(({ file }) => !names.includes(file));
  if (missing !== undefined)
    throw new CommandError(`${missing.file} is not in ${folder}, and ${manifestName} says that it was. Is the copy whole?`);
  return names.sort();
}

function tableOfFile(model: Model, name: string): Table {
  const stem = name.replace(/\.gz$/i, "").replace(/\.(?:csv|ndjson|jsonl|json)$/i, "");
  const table = model.tables.get(stem);
  if (table === undefined)
    throw new CommandError(`${name} is of no table: there is no '${stem}'${didYouMean(stem, model.tables.keys()) || "."}`);
  return table;
}

export interface ReadFilesOptions {
  readonly model: Model;
  readonly format: ImportFormat | undefined;
  readonly map: ReadonlyMap<string, string>;
  readonly whole: boolean;
  readonly progress: ReadProgress;
  /** Something that is no refusal, and should be known. */
  readonly note: (text: string) => void;
}

/** What all of them weigh; undefined where it is not known. */
export function totalSize({ files }: ImportPlan): number | undefined {
  let total = 0;
  for (const { path } of files) {
    const size = sizeOf(path);
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

/** The rows of all files, one after the other. */
export async function* readFiles({ files }: ImportPlan, options: ReadFilesOptions): AsyncGenerator<ImportRow> {
  for (const file of files) {
    const named = files.length === 1 ? {} : { file: basename(file.path) };
    let rows = 0;
    for await (const row of readFile(file, options)) {
      rows += 1;
      yield { ...row, ...named };
    }
    if (file.rows !== undefined && file.rows !== rows && file.table !== undefined)
      yield {
        ...named,
        table: file.table.name,
        form: "text",
        line: rows + 1,
        row: {},
        problem: `There are ${rows} rows, and ${manifestName} says ${file.rows}: the file was cut off or changed.`,
      };
  }
}

async function* readFile({ path, table }: ImportFile, options: ReadFilesOptions): AsyncGenerator<ImportRow> {
  const { format, bytes, isPacked } = await openInput(path, options);
  if (table === undefined && format !== "sql")
    throw new CommandError(`${path} does not say of which table its rows are: chassis import <table> ${path}`);
  const reading = { whole: options.whole || isPacked };
  const last = { table: table?.name ?? "", line: 1 };
  try {
    const rows =
      format === "sql" ? readSqlRows(bytes, table, options) : readRows(format, bytes, table as Table, { ...options, ...reading });
    for await (const row of rows) {
      last.line = row.line;
      if (row.table !== "") last.table = row.table;
      yield row.table === "" ? { ...row, table: last.table } : row;
    }
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    yield { ...last, form: "text", row: {}, problem: error.message };
  }
}

async function* readRows(
  format: Exclude<ImportFormat, "sql">,
  bytes: AsyncIterable<Uint8Array>,
  table: Table,
  { map, whole, note }: ReadFilesOptions,
): AsyncGenerator<ImportRow> {
  const names = createFieldNames(table, map);
  const readers: Record<typeof format, (bytes: AsyncIterable<Uint8Array>, options: ReadingOptions) => AsyncGenerator<SourceRow>> =
    {
      csv: readCsv,
      ndjson: readNdjson,
      json: readJsonArray,
    };
  const form = format === "csv" ? "text" : "json";
  for await (const row of readers[format](bytes, { names, whole, note })) yield { ...row, table: table.name, form };
  noteNames(names, table, note);
}

async function* readSqlRows(
  bytes: AsyncIterable<Uint8Array>,
  wanted: Table | undefined,
  { model, map, note }: ReadFilesOptions,
): AsyncGenerator<ImportRow> {
  const known = new Map<string, FieldNames>();
  for await (const { table: name, row, line, problem } of readSql(bytes)) {
    if (problem !== undefined) yield { table: wanted?.name ?? "", form: "text", line, row, problem };
    // SQLite's own, which a dump of its shell has.
    else if (!name.startsWith("sqlite_") && (wanted === undefined || name === wanted.name)) {
      let names = known.get(name);
      if (names === undefined) {
        names = createFieldNames(findTable({ model }, name), map);
        known.set(name, names);
      }
      yield { table: name, form: "text", line, row: names.rename(row) };
    }
  }
  for (const [name, names] of known) noteNames(names, tableOf(model, name), note);
}

function noteNames({ computed, unseen }: FieldNames, table: Table, note: (text: string) => void): void {
  if (computed.size > 0)
    note(`Passed over, for it is computed: ${[...computed].map((name) => `${table.name}.${name}`).join(", ")}.`);
  if (unseen.size > 0) note(`--map speaks of '${[...unseen].join("', '")}', which no row of '${table.name}' has.`);
}
