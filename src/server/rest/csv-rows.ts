import type { InputRow } from "#application";
import { AppError } from "#contract";
import { type Cell, type CsvRecord, CsvReader } from "./csv-reader.ts";
import { overLimit, type RestLimits } from "./rest-limits.ts";

/** The rows of a CSV text whose first line names the columns. Throws `invalidBody` with the line number. */
export function readCsvRows(text: string, limits: RestLimits): readonly InputRow[] {
  const reader = new CsvReader();
  const [header, ...records] = [...reader.push(text), ...reader.end()];
  if (header === undefined) throw invalid("there is no header line");
  const names = readHeader(header, limits);
  const rows: InputRow[] = [];
  for (const record of records) {
    if (isBlank(record.cells) && names.length > 1) continue;
    if (record.cells.length !== names.length) {
      throw invalid(`line ${record.line} has ${record.cells.length} cells, the header has ${names.length}`);
    }
    if (rows.length === limits.insertRows) throw overLimit(limits, "insertRows", "The body has too many rows");
    rows.push(toRow(names, record.cells));
  }
  return rows;
}

function readHeader({ cells }: CsvRecord, limits: RestLimits): readonly string[] {
  if (cells.length > limits.columns) throw overLimit(limits, "columns", "The header names too many columns");
  const names = cells.map((cell, index) => {
    if (cell === null || cell === "") throw invalid(`column ${index + 1} of the header has no name`);
    return cell;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`the header names '${twice.slice(0, 60)}' twice`);
  return names;
}

function isBlank(cells: readonly Cell[]): boolean {
  return cells.length === 1 && cells[0] === null;
}

/** Without a prototype, so that a column may be called `__proto__`. */
function toRow(names: readonly string[], cells: readonly Cell[]): InputRow {
  const row: Record<string, unknown> = Object.create(null);
  for (let index = 0; index < names.length; index++) row[names[index] as string] = cells[index];
  return row;
}

function invalid(details: string): AppError {
  return new AppError("invalidBody", { message: "The body could not be read as rows of CSV.", details: `${details[0]?.toUpperCase()}${details.slice(1)}.` });
}
