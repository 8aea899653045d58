import type { InputRow } from "#application";
import { AppError } from "#contract";
import { CsvError, CsvReader, createRowSplitter, defaultRestLimits } from "#server";
import { CommandError } from "../command-line/command-error.ts";
import type { FieldNames } from "./field-names.ts";
import { type Line, readLines } from "./line-reader.ts";

/** A row of a file, or what is wrong with its line. */
export interface SourceRow {
  /** From 1; of the line on which it starts, or on which the problem shows. */
  readonly line: number;
  readonly row: InputRow;
  readonly problem?: string;
}

export interface ReadingOptions {
  readonly names: FieldNames;
  /** The file is known to be whole: nothing is said of a last line that has no end. */
  readonly whole: boolean;
  /** Hears what is no problem, and should be known. */
  readonly note: (text: string) => void;
}

export type Bytes = AsyncIterable<Uint8Array>;

/** Bytes of one row: past them the file is no list of rows, and holding more would end the process. */
export const rowLimit = 10_485_760;
const TOO_LONG = `The row is longer than ${rowLimit} bytes`;
const NEWLINE = 10;
const NOTHING_AFTER = "Nothing after it was read.";

/**
 * Rows of a CSV file whose first line names the columns. Ends with a problem where it is no CSV: what follows cannot be known.
 *
 * @throws CommandError for a header that names what is no field: then no row can be right.
 */
export async function* readCsv(bytes: Bytes, { names, whole, note }: ReadingOptions): AsyncGenerator<SourceRow> {
  const reader = new CsvReader();
  let header: Header | undefined;
  let held = 0;
  let line = 1;
  let last = "";
  const toRows = function* (records: ReturnType<CsvReader["push"]>): Generator<SourceRow> {
    for (const { cells, line: start } of records) {
      if (header === undefined) header = readHeader(cells, names);
      else if (header.columns === 1 || cells.length !== 1 || cells[0] !== null) yield toRow(header, cells, start);
    }
  };
  try {
    // Line by line, so that the rows before a problem are given first.
    for await (const { number, bytes: length, text } of readLines(bytes, rowLimit, { endsAtLimit: true })) {
      line = number;
      if (text === undefined) throw invalid(unreadable(length));
      last = text;
      const records = reader.push(text);
      held = records.length === 0 ? held + length : 0;
      yield* toRows(records);
      if (held > rowLimit) throw tooLong(reader);
    }
    const ending = reader.end();
    // RFC 4180 (2.2) leaves the last line break out as it likes, and spreadsheets do. Of a cell in quotes it is seen where it ends.
    const cell = /[^"\n]$/.test(last) ? ending.at(-1)?.cells : undefined;
    for (const row of toRows(ending))
      yield row.problem === undefined || cell === undefined ? row : { ...row, problem: `${row.problem} ${endsThere}` };
    if (!whole && cell !== undefined && cell.length === header?.columns)
      note(
        `line ${line}: The last line has no line break, as that of a file that was cut off. Its last cell is '${shorten(cell.at(-1) ?? "")}': look whether that is all of it. Where it is, --whole says so beforehand.`,
      );
    if (header === undefined) throw invalid("There is no header line.");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { line: error instanceof CsvError ? error.line : line, row: {}, problem: problemOf(error) };
  }
}

const endsThere = "The file ends there, as one does that was cut off.";

/** The end of a cell: there it shows whether something is missing. */
function shorten(cell: string): string {
  return cell.length <= 40 ? cell : `…${cell.slice(-40)}`;
}

/** Rows of a file with a JSON object on each line. Empty lines are passed over. */
export async function* readNdjson(bytes: Bytes, { names }: ReadingOptions): AsyncGenerator<SourceRow> {
  for await (const { number, bytes: length, text } of readLines(bytes, rowLimit)) {
    if (text === undefined) yield { line: number, row: {}, problem: unreadable(length) };
    else if (text.trim() !== "") yield parseLine(text, number, names);
  }
}

/** The objects of one JSON array, however long. Ends with a problem where it is none. */
export async function* readJsonArray(bytes: Bytes, { names }: ReadingOptions): AsyncGenerator<SourceRow> {
  let rows: SourceRow[] = [];
  let last = 1;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const limits = { ...defaultRestLimits, bodyBytes: rowLimit };
  const splitter = createRowSplitter("json", limits, (row, line) => void rows.push({ line, row: names.rename(row) }));
  const take = (): readonly SourceRow[] => {
    const taken = rows;
    rows = [];
    return taken;
  };
  try {
    // Not line by line: all of it may be one, or a row many.
    for await (const piece of bytes) {
      const texts: string[] = [];
      let text: string | undefined = "";
      for (let from = 0; from < piece.length && text !== undefined; ) {
        const end = piece.indexOf(NEWLINE, from) + 1 || piece.length;
        text = decodePiece(decoder, piece.subarray(from, end));
        texts.push(text ?? "");
        from = end;
        if (text?.endsWith("\n") === true) last += 1;
      }
      splitter.push(texts.join(""));
      yield* take();
      if (text === undefined) throw invalid(unreadable(0));
    }
    if (decodePiece(decoder) === undefined) throw invalid(unreadable(0));
    splitter.end();
    yield* take();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield* take();
    yield { line: error.place.line ?? last, row: {}, problem: `${arrayProblem(error)} ${NOTHING_AFTER}` };
  }
}

/** Without a piece, what is left of the last one. Undefined where it is not UTF-8. */
function decodePiece(decoder: TextDecoder, piece?: Uint8Array): string | undefined {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    return undefined;
  }
}

// The splitter speaks of a body, which here is a file.
function arrayProblem({ error, message, details }: AppError): string {
  if (error === "limitExceeded" && message.includes("(bodyBytes)")) return `${TOO_LONG}.`;
  return `${message} ${details ?? ""}`.trim().replaceAll("body", "file");
}

export function unreadable(length: Line["bytes"]): string {
  return length > rowLimit
    ? `${TOO_LONG}.`
    : "The line is not UTF-8. Save the file as UTF-8; `iconv -f WINDOWS-1252 -t UTF-8` makes it of what Windows mostly writes.";
}

function parseLine(text: string, line: number, names: FieldNames): SourceRow {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value))
      return { line, row: names.rename(value as InputRow) };
    return { line, row: {}, problem: "A line must be a JSON object." };
  } catch (cause) {
    const isCut = !text.endsWith("\n");
    return {
      line,
      row: {},
      problem: `The line is not JSON: ${(cause as Error).message}.${isCut ? " It is the last, and has no end: the file was probably cut off." : ""}`,
    };
  }
}

/** What is wrong with a file of which no more can be read. */
function problemOf(error: AppError): string {
  if (!(error instanceof CsvError)) return `${error.message} ${NOTHING_AFTER}`;
  return `The file is no CSV here: ${error.problem}. ${NOTHING_AFTER}`;
}

function tooLong(reader: CsvReader): AppError {
  const { openQuote } = reader;
  return openQuote === undefined
    ? invalid(`${TOO_LONG}.`)
    : new CsvError(openQuote, `a quoted cell is not closed within ${rowLimit} bytes`);
}

interface Header {
  readonly columns: number;
  /** Which cells are taken, and under which names. */
  readonly taken: readonly { readonly place: number; readonly field: string }[];
}

function readHeader(cells: readonly (string | null)[], names: FieldNames): Header {
  const [only] = cells;
  const separator = cells.length === 1 && only !== null && only !== undefined ? /[;\t|]/.exec(only)?.[0] : undefined;
  if (separator !== undefined)
    throw new CommandError(
      `line 1: The columns are separated by ${separator === "\t" ? "tabs" : `'${separator}'`} here, and must be by commas.`,
    );
  const columns = cells.map((cell, index) => {
    if (cell === null || cell === "") throw invalid(`Column ${index + 1} of the header has no name.`);
    return cell;
  });
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`The header names '${twice}' twice.`);
  const taken = columns.flatMap((name, place) => {
    const field = fieldOf(names, name);
    return field === undefined ? [] : [{ place, field }];
  });
  const again = taken.find(({ field }, index) => taken.findIndex((other) => other.field === field) !== index);
  if (again !== undefined) throw new CommandError(`line 1: Two columns of the header are the field '${again.field}'.`);
  const [unseen] = names.unseen;
  if (unseen !== undefined)
    throw new CommandError(`line 1: The header has no column '${unseen}', which --map speaks of. It has ${columns.join(", ")}.`);
  return { columns: columns.length, taken };
}

function fieldOf(names: FieldNames, name: string): string | undefined {
  try {
    return names.fieldOf(name);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(
      `line 1: ${error.message}\nThe first line names the columns. --map "${name}=field" says what one is, --map "${name}=" leaves it out.`,
    );
  }
}

function toRow({ columns, taken }: Header, cells: readonly (string | null)[], line: number): SourceRow {
  if (cells.length !== columns)
    return { line, row: {}, problem: `There are ${cells.length} cells, and the header has ${columns}.` };
  // Without a prototype, so that a column may be called `__proto__`.
  const row: Record<string, unknown> = Object.create(null);
  for (const { place, field } of taken) row[field] = cells[place];
  return { line, row };
}

function invalid(message: string): AppError {
  return new AppError("invalidBody", { message });
}
