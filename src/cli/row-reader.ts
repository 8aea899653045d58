import type { Readable } from "node:stream";
import type { InputRow } from "#application";
import { AppError } from "#contract";
import { CsvReader } from "#server";

/** A row of a file, or what is wrong with its line. */
export interface SourceRow {
  /** From 1; of the line on which it starts. */
  readonly line: number;
  readonly row: InputRow;
  readonly problem?: AppError;
}

/** Characters of one line: past them the file is no list of rows, and holding more would end the process. */
const LINE_LIMIT = 16_777_216;

/** Rows of a CSV file whose first line names the columns. Throws `invalidBody` where it is no CSV: what follows cannot be known. */
export async function* readCsv(file: Readable): AsyncGenerator<SourceRow> {
  const reader = new CsvReader();
  let names: readonly string[] | undefined;
  const toRows = function* (records: ReturnType<CsvReader["push"]>): Generator<SourceRow> {
    for (const { cells, line } of records) {
      if (names === undefined) names = readHeader(cells);
      else if (names.length === 1 || cells.length !== 1 || cells[0] !== null) yield toRow(names, cells, line);
    }
  };
  for await (const piece of decode(file)) yield* toRows(reader.push(piece));
  yield* toRows(reader.end());
  if (names === undefined) throw invalid("There is no header line.");
}

/** Rows of a file with a JSON object on each line. Empty lines are passed over. */
export async function* readNdjson(file: Readable): AsyncGenerator<SourceRow> {
  let line = 0;
  for await (const text of readLines(file)) {
    line += 1;
    if (text.trim() !== "") yield parseLine(text, line);
  }
}

function parseLine(text: string, line: number): SourceRow {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return { line, row: value as InputRow };
    return { line, row: {}, problem: invalid("A line must be a JSON object.") };
  } catch (cause) {
    return { line, row: {}, problem: invalid((cause as Error).message) };
  }
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

async function* readLines(file: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of decode(file)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > LINE_LIMIT) throw invalid(`A line is longer than ${LINE_LIMIT} characters.`);
  }
  if (rest !== "") yield rest;
}

async function* decode(file: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of file) yield decoder.decode(bytes as Uint8Array, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError) throw invalid("The file is not UTF-8.");
    throw cause;
  }
}

function invalid(details: string): AppError {
  return new AppError("invalidBody", { message: "This is no row.", details });
}
