import type { InputRow } from "#application";
import { AppError, type Json } from "#contract";
import { CsvError, CsvReader, type CsvRecord } from "./csv-reader.ts";
import { isBlank, readHeader, toRow } from "./csv-rows.ts";
import { measureJson } from "./measure-json.ts";
import { overLimit, type RestLimits } from "../rest-limits.ts";

/** Takes a text apart into rows, piece by piece, holding no more than the row that is still open. */
export interface RowSplitter {
  /** Calls `onRow` for every row that ends within this piece, with the line on which it starts, from 1. */
  push(piece: string): void;
  /** There is no more: throws where a row is still open. */
  end(): void;
}

export type OnRow = (row: InputRow, line: number) => void;

export type RowFormat = "ndjson" | "json" | "csv";

export function createRowSplitter(format: RowFormat, limits: RestLimits, onRow: OnRow): RowSplitter {
  switch (format) {
    case "ndjson":
      return new LineSplitter(limits, onRow);
    case "json":
      return new ArraySplitter(limits, onRow);
    case "csv":
      return new CsvSplitter(limits, onRow);
  }
}

/** One JSON object a line; empty lines are passed over. */
class LineSplitter implements RowSplitter {
  readonly #limits: RestLimits;
  readonly #onRow: OnRow;
  #rest = "";
  #line = 1;

  constructor(limits: RestLimits, onRow: OnRow) {
    this.#limits = limits;
    this.#onRow = onRow;
  }

  push(piece: string): void {
    let from = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", from)) {
      this.#read(this.#rest + piece.slice(from, end));
      this.#rest = "";
      from = end + 1;
      this.#line += 1;
    }
    this.#rest += piece.slice(from);
    refuseLong(this.#rest.length, this.#limits, this.#line);
  }

  end(): void {
    this.#read(this.#rest);
  }

  #read(text: string): void {
    if (text.trim() !== "") this.#onRow(parseRow(text, this.#limits, this.#line), this.#line);
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const NEWLINE = 10;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

/** The items of one JSON array; or one object, which is one row. */
class ArraySplitter implements RowSplitter {
  readonly #limits: RestLimits;
  readonly #onRow: OnRow;
  /** What is not read yet, from the start of the open item on. */
  #text = "";
  #at = 0;
  #line = 1;
  #itemLine = 1;
  #state: "before" | "item" | "string" | "after" = "before";
  /** Brackets that are open within the item. */
  #depth = 0;
  #isList = false;
  #count = 0;

  constructor(limits: RestLimits, onRow: OnRow) {
    this.#limits = limits;
    this.#onRow = onRow;
  }

  push(piece: string): void {
    this.#text += piece;
    let start = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === NEWLINE) this.#line += 1;
      if (this.#state === "string") {
        if (code === BACKSLASH) this.#at += 1;
        else if (code === QUOTE) this.#state = "item";
      } else if (code === QUOTE && this.#state === "item") this.#state = "string";
      else if (this.#state === "item") {
        if ((code === COMMA || code === CLOSE_LIST) && this.#depth === 0 && this.#isList) {
          this.#endItem(this.#text.slice(start, this.#at), code === CLOSE_LIST);
          start = this.#at + 1;
        } else if ((code | 32) === 123) this.#depth += 1;
        else if ((code | 32) === 125) this.#depth -= 1;
      } else if (code > 32) start = this.#onOutside(code);
    }
    this.#text = this.#text.slice(start);
    this.#at -= start;
    refuseLong(this.#text.length, this.#limits, this.#itemLine);
  }

  end(): void {
    if (this.#state === "item" && !this.#isList) this.#onRow(parseRow(this.#text, this.#limits, this.#itemLine), this.#itemLine);
    else if (this.#state !== "after") {
      throw new AppError("invalidBody", {
        message: "The body is empty or not valid JSON.",
        details: this.#state === "before" ? "It is empty." : "The array does not end.",
        place: { line: this.#line },
      });
    }
  }

  /** Before the first item, or behind the last: gives where the item starts. */
  #onOutside(code: number): number {
    if (this.#state === "after") {
      throw new AppError("invalidBody", {
        message: "The body is not valid JSON.",
        details: "Something follows the end of the array.",
        place: { line: this.#line },
      });
    }
    this.#isList = code === OPEN_LIST;
    this.#state = "item";
    this.#itemLine = this.#line;
    if (this.#isList) return this.#at + 1;
    // Not a list: the object itself is looked at again, as an item.
    this.#at -= 1;
    return this.#at + 1;
  }

  #endItem(text: string, isLast: boolean): void {
    // `[]` is a list of none.
    if (!isLast || this.#count > 0 || text.trim() !== "") {
      const leading = /^\s*/.exec(text)?.[0] ?? "";
      const line = this.#itemLine + countNewlines(leading);
      this.#onRow(parseRow(text, this.#limits, line), line);
      this.#count += 1;
    }
    this.#itemLine = this.#line;
    if (isLast) this.#state = "after";
  }
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** CSV whose first line names the columns. */
class CsvSplitter implements RowSplitter {
  readonly #limits: RestLimits;
  readonly #onRow: OnRow;
  readonly #reader = new CsvReader();
  #names: readonly string[] | undefined;
  /** Characters since a record ended. */
  #open = 0;

  constructor(limits: RestLimits, onRow: OnRow) {
    this.#limits = limits;
    this.#onRow = onRow;
  }

  push(piece: string): void {
    const records = withLine(() => this.#reader.push(piece));
    this.#open = records.length > 0 ? 0 : this.#open + piece.length;
    refuseLong(this.#open, this.#limits, undefined);
    this.#read(records);
  }

  end(): void {
    this.#read(withLine(() => this.#reader.end()));
    if (this.#names === undefined) throw new AppError("invalidBody", { details: "There is no header line." });
  }

  #read(records: readonly CsvRecord[]): void {
    for (const record of records) {
      if (this.#names === undefined) this.#names = readHeader(record, this.#limits);
      else if (this.#names.length === 1 || !isBlank(record.cells)) this.#onRow(toRow(this.#names, record), record.line);
    }
  }
}

function withLine<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw thrown instanceof CsvError ? thrown.at({ line: thrown.line }) : thrown;
  }
}

/** Shorter texts cannot hold more than JSON's parser takes in its stride. */
const measuredFrom = 1000;

function parseRow(text: string, limits: RestLimits, line: number): InputRow {
  if (text.length > measuredFrom) {
    const { depth, values } = measureJson(text);
    if (depth > limits.jsonDepth) throw overLimit(limits, "jsonDepth", "The JSON of a row nests too deep").at({ line });
    if (values > limits.jsonValues) throw overLimit(limits, "jsonValues", "The JSON of a row holds too many values").at({ line });
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new AppError("invalidBody", {
      message: "A row of the body is not valid JSON.",
      details: error instanceof Error ? `${error.message}.`.slice(0, 300).toWellFormed() : "",
      place: { line },
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new AppError("invalidBody", { message: "Every row of the body must be an object.", place: { line } });
  }
  return value as InputRow;
}

function refuseLong(length: number, limits: RestLimits, line: number | undefined): void {
  if (length <= limits.bodyBytes) return;
  const error = overLimit(limits, "bodyBytes", "A row of the body is too long");
  throw line === undefined ? error : error.at({ line });
}
