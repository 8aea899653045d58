import { sliceRows } from "./json-slices.ts";

const SPECIAL = /[",\r\n]/;

/**
 * Rows of JSON as CSV with a header line: null is an empty cell, an empty text is `""`, objects and arrays are their JSON.
 * `CsvReader` gives back the same. The data is exact: a text that a spreadsheet would take for a formula is not changed,
 * which whoever opens the file in one must know. No rows give an empty line.
 */
export function writeCsv(json: string): string {
  const lines: string[] = [];
  for (const fields of sliceRows(json)) {
    if (lines.length === 0) lines.push(fields.map(({ key }) => csvCell(key)).join(","));
    lines.push(fields.map(({ text }) => csvValue(text)).join(","));
  }
  return `${lines.join("\n")}\n`;
}

/** A value by its JSON. */
export function csvValue(text: string): string {
  if (text === "null") return "";
  return csvCell(text.startsWith('"') ? (JSON.parse(text) as string) : text);
}

/** A text as a cell, in quotes where it needs them. */
export function csvCell(text: string): string {
  return text === "" || text === "NULL" || SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
