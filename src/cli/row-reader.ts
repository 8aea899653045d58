import type { Readable } from "node:stream";
import type { InputRow } from "#application";
import { AppError } from "#contract";
import { CsvError, CsvReader } from "#server";
import { readLines } from "./line-reader.ts";

/** A row of a file, or what is wrong with its line. */
export interface SourceRow {
  /** From 1; of the line on which it starts, or on which the problem shows. */
  readonly line: number;
  readonly row: InputRow;
  readonly problem?: AppError;
}

/** Bytes of one row: past them the file is no list of rows, and holding more would end the process. */
const ROW_LIMIT = 10_485_760;
const TOO_LONG = `The row is longer than ${ROW_LIMIT} bytes`;
const NOTHING_AFTER = "Nothing after it was read.";

/** Rows of a CSV file whose first line names the columns. Ends with a problem where it is no CSV: what follows cannot be known. */
export async function* readCsv(file: Readable): AsyncGenerator<SourceRow> {
  const reader = new CsvReader();
  let names: readonly string[] | undefined;
  let held = 0;
  let line = 1;
  const toRows = function* (records: ReturnType<CsvReader["push"]>): Generator<SourceRow> {
    for (const { cells, line: start } of records) {
      if (names === undefined) names = readHeader(cells);
      else if (names.length === 1 || cells.length !== 1 || cells[0] !== null) yield toRow(names, cells, start);
    }
  };
  try {
    // Line by line, so that the rows before a problem are given first.
    for await (const { number, bytes, text } of readLines(file, ROW_LIMIT)) {
      line = number;
      if (text === undefined) throw invalid(bytes > ROW_LIMIT ? `${TOO_LONG}.` : "The line is not UTF-8.");
      const records = reader.push(text);
      held = records.length === 0 ? held + bytes : 0;
      yield* toRows(records);
      if (held > ROW_LIMIT) throw tooLong(reader);
    }
    yield* toRows(reader.end());
    if (names === undefined) throw invalid("There is no header line.");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield problemOf(error, line);
  }
}

/** Rows of a file with a JSON object on each line. Empty lines are passed over. */
export async function* readNdjson(file: Readable): AsyncGenerator<SourceRow> {
  for await (const { number, bytes, text } of readLines(file, ROW_LIMIT)) {
    if (text === undefined)
      yield { line: number, row: {}, problem: invalid(bytes > ROW_LIMIT ? `${TOO_LONG}.` : "The line is not UTF-8.") };
    else if (text.trim() !== "") yield parseLine(text, number);
  }
}

function parseLine(text: string, line: number): SourceRow {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return { line, row: value as InputRow };
    return { line, row: {}, problem: invalid("A line must be a JSON object.") };
  } catch (cause) {
    return { line, row: {}, problem: invalid(`The line is not JSON: ${(cause as Error).message}.`) };
  }
}

/** A row with the problem of a file of which no more can be read. */
function problemOf(error: AppError, line: number): SourceRow {
  if (!(error instanceof CsvError)) return { line, row: {}, problem: invalid(`${error.message} ${NOTHING_AFTER}`) };
  return { line: error.line, row: {}, problem: invalid(`The file is no CSV here: ${error.problem}. ${NOTHING_AFTER}`) };
}

function tooLong(reader: CsvReader): AppError {
  const { openQuote } = reader;
  return openQuote === undefined
    ? invalid(`${TOO_LONG}.`)
    : new CsvError(openQuote, `a quoted cell is not closed within ${ROW_LIMIT} bytes`);
}

function readHeader(cells: readonly (string | null)[]): readonly string[] {
  const names = cells.map((cell, index) => {
    if (cell === null || cell === "") throw invalid(`Column ${index + 1} of the header has no name.`);
    return cell;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`The header names '${twice}' twice.`);
  return names;
}

function toRow(names: readonly string[], cells: readonly (string | null)[], line: number): SourceRow {
  if (cells.length !== names.length)
    return { line, row: {}, problem: invalid(`There are ${cells.length} cells, and the header has ${names.length}.`) };
  // Without a prototype, so that a column may be called `__proto__`.
  const row: Record<string, unknown> = Object.create(null);
  for (const [index, name] of names.entries()) row[name] = cells[index];
  return { line, row };
}

function invalid(message: string): AppError {
  return new AppError("invalidBody", { message });
}
