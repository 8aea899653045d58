import type { StreamField } from "#application";
import type { Scalar } from "#contract";
import { quoteName } from "#database";
import { csvCell, csvValue } from "#server";
import { CommandError } from "../command-line/command-error.ts";
import type { ExportFormat } from "../command-line/choices.ts";
import { createRowSlicer } from "./row-slicer.ts";

/** The text of one table's rows. */
export interface RowEncoder {
  readonly start: string;
  row(json: string): string;
  readonly end: () => string;
}

export function createEncoder(format: ExportFormat, table: string, fields: readonly StreamField[]): RowEncoder {
  switch (format) {
    case "csv":
      return csvEncoder(fields);
    case "ndjson":
      return { start: "", row: (json) => `${json}\n`, end: () => "" };
    case "sql":
      return sqlEncoder(table, fields);
  }
}

/** As the data API's CSV, but for JSON fields: their cells are always JSON, so that a text in one is read back as what it was. */
function csvEncoder(fields: readonly StreamField[]): RowEncoder {
  const cells = fields.map(({ scalar }) => (scalar === "json" ? jsonCell : scalar === undefined ? csvValue : plainCell));
  const slice = createRowSlicer(fields.map(({ name }) => name));
  return {
    start: `${fields.map(({ name }) => csvCell(name)).join(",")}\n`,
    row(json) {
      let line = "";
      const values = slice(json);
      for (let place = 0; place < values.length; place++)
        line += (place === 0 ? "" : ",") + (cells[place] ?? csvValue)(values[place] ?? "null");
      return `${line}\n`;
    },
    end: () => "",
  };
}

function plainCell(json: string): string {
  if (json === "null") return "";
  return json.startsWith('"') ? csvCell(textOf(json)) : json;
}

/** Most texts have nothing that JSON escapes. */
function textOf(json: string): string {
  return json.includes("\\") ? (JSON.parse(json) as string) : json.slice(1, -1);
}

function jsonCell(text: string): string {
  return text === "null" ? "" : csvCell(text);
}

/** Rows of one INSERT: few enough that a reader never holds much. */
const ROWS_OF_INSERT = 100;

/**
 * INSERTs that SQLite and others read, in a form that depends on no schema of ours: decimals are texts, and so exact; truths 1 and 0; moments and JSON texts;
 * bytes X'00ff'. Computed fields are left out.
 */
function sqlEncoder(table: string, fields: readonly StreamField[]): RowEncoder {
  const strange = fields.find(({ scalar }) => scalar === undefined);
  if (strange !== undefined)
    throw new CommandError(`'${strange.name}' is no column: SQL has rows of one table. Choose --format ndjson for it.`);
  const places = fields.flatMap(({ column }, place) => (column?.computed === undefined ? [place] : []));
  const names = places.map((place) => quoteName(fields[place]?.name ?? "")).join(", ");
  const slice = createRowSlicer(fields.map(({ name }) => name));
  const literals = fields.map(({ scalar = "text" }) => literalOf[scalar]);
  let rows = 0;
  return {
    start: "",
    row(json) {
      const values = slice(json);
      const literal = (place: number): string => {
        const text = values[place] ?? "null";
        return text === "null" ? "NULL" : (literals[place]?.(text) ?? "NULL");
      };
      const before =
        rows === 0
          ? `INSERT INTO ${quoteName(table)} (${names}) VALUES\n`
          : rows % ROWS_OF_INSERT === 0
            ? `;\nINSERT INTO ${quoteName(table)} (${names}) VALUES\n`
            : ",\n";
      rows += 1;
      return `${before}(${places.map(literal).join(", ")})`;
    },
    end: () => (rows === 0 ? "" : ";\n"),
  };
}

const fromText = (json: string): string => sqlText(textOf(json));

const literalOf: { readonly [S in Scalar]: (json: string) => string } = {
  text: fromText,
  timestamp: fromText,
  date: fromText,
  decimal: fromText,
  json: sqlText,
  integer: (json) => json,
  real: (json) => json,
  bool: (json) => (json === "true" ? "1" : "0"),
  bytes: (json) => `X'${json.slice(4, -1)}'`,
};

/** SQLite's shell drops a carriage return before a line break, and takes a tab for a wish to complete a word: such text goes as bytes. */
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f]/;

function sqlText(text: string): string {
  return UNSAFE.test(text) ? `CAST(X'${Buffer.from(text).toString("hex")}' AS TEXT)` : `'${text.replaceAll("'", "''")}'`;
}
