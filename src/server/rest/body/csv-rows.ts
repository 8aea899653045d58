import type { InputRow } from "#application";
import { AppError } from "#contract";
import { type Cell, type CsvRecord, CsvReader } from "./csv-reader.ts";
import { overLimit, type RestLimits } from "../rest-limits.ts";

/** The rows of a CSV text whose first line names the columns. Throws `invalidBody` with the line number. */
export function readCsvRows(text: string, limits: RestLimits): readonly InputRow[] {
  let names: readonly string[] | undefined;
  const rows: InputRow[] = [];
  for (const record of readRecords(text)) {
    if (names === undefined) names = readHeader(record, limits);
    else if (names.length === 1 || !isBlank(record.cells)) {
      if (rows.length === limits.insertRows) throw overLimit(limits, "insertRows", "The body has too many rows");
      rows.push(toRow(names, record));
    }
  }
  if (names === undefined) throw invalid("there is no header line");
  return rows;
}

const pieceLength = 65_536;

/** In pieces, so that a body of line breaks meets the limit before all of its records are made. */
function* readRecords(text: string): Generator<CsvRecord> {
  const reader = new CsvReader();
  for (let at = 0; at < text.length; at += pieceLength) yield* reader.push(text.slice(at, at + pieceLength));
  yield* reader.end();
}

export function readHeader({ cells }: CsvRecord, limits: RestLimits): readonly string[] {
  if (cells.length > limits.columns) throw overLimit(limits, "columns", "The header names too many columns");
  const names = cells.map((cell, index) => {
    if (cell === null || cell === "") throw invalid(`column ${index + 1} of the header has no name`);
    return cell;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`the header names '${twice.slice(0, 60)}' twice`);
  return names;
}

export function isBlank(cells: readonly Cell[]): boolean {
  return cells.length === 1 && cells[0] === null;
}

/** Without a prototype, so that a column may be called `__proto__`. */
export function toRow(names: readonly string[], { cells, line }: CsvRecord): InputRow {
  if (cells.length !== names.length)
    throw invalid(`line ${line} has ${cells.length} cells, the header has ${names.length}`).at({ line });
  const row: Record<string, unknown> = Object.create(null);
  for (let index = 0; index < names.length; index++) row[names[index] as string] = cells[index];
  return row;
}

function invalid(details: string): AppError {
  return new AppError("invalidBody", {
    message: "The body could not be read as rows of CSV.",
    details: `${details[0]?.toUpperCase()}${details.slice(1)}.`,
  });
}
