import { AppError } from "#contract";

/** A cell: null where nothing stands between two commas, and for a bare `NULL`. In quotes both are texts. */
export type Cell = string | null;

export interface CsvRecord {
  readonly cells: readonly Cell[];
  /** The line on which it starts, from 1. */
  readonly line: number;
}

/** Text that is no CSV, with where that shows. Names a body: what else was read says so itself. */
export class CsvError extends AppError {
  /** From 1; for a quote that is not closed, the line of that quote. */
  readonly line: number;
  /** What is wrong there, as a part of a sentence. */
  readonly problem: string;

  constructor(line: number, problem: string) {
    super("invalidBody", { message: "The body is not valid CSV.", details: `Line ${line}: ${problem}.` });
    this.line = line;
    this.problem = problem;
  }
}

const QUOTE = 34;
const COMMA = 44;
const RETURN = 13;
const NEWLINE = 10;

type State = "start" | "bare" | "quoted" | "closed" | "return";

/**
 * Reads CSV (RFC 4180) piece by piece, in linear time and holding one record at most: CRLF or LF, quoted cells with doubled
 * quotes and line breaks, a byte order mark at the start. Throws `CsvError` where it is no CSV.
 */
export class CsvReader {
  #state: State = "start";
  #cells: Cell[] = [];
  #cell = "";
  #quoted = false;
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #isFirst = true;

  /** The line of the quote that is open; undefined outside of quotes. */
  get openQuote(): number | undefined {
    return this.#state === "quoted" ? this.#quoteLine : undefined;
  }

  /** The records that end within this piece. */
  push(piece: string): readonly CsvRecord[] {
    const records: CsvRecord[] = [];
    let from = 0;
    if (this.#isFirst && piece !== "") {
      this.#isFirst = false;
      if (piece.charCodeAt(0) === 0xfeff) from = 1;
    }
    for (let at = from; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code === NEWLINE) this.#line += 1;
      if (this.#state === "quoted") {
        if (code !== QUOTE) continue;
        this.#cell += piece.slice(from, at);
        this.#state = "closed";
        from = at + 1;
      } else if (code === QUOTE) {
        from = this.#onQuote(at);
      } else if (code === COMMA || code === NEWLINE || code === RETURN) {
        from = this.#onSeparator(code, piece, from, at, records);
      } else if (this.#state === "start") {
        this.#state = "bare";
        from = at;
      } else if (this.#state !== "bare") {
        throw this.#error(
          this.#state === "closed"
            ? "a ',' or the end of the line must follow a closing quote"
            : "a carriage return stands alone",
        );
      }
    }
    if (this.#state === "quoted" || this.#state === "bare") this.#cell += piece.slice(from);
    return records;
  }

  /** The last record, where no line break followed it. */
  end(): readonly CsvRecord[] {
    if (this.#state === "quoted") throw new CsvError(this.#quoteLine, "a quoted cell is not closed");
    if (this.#state === "start" && this.#cells.length === 0) return [];
    const records: CsvRecord[] = [];
    this.#endCell();
    this.#endRecord(records);
    return records;
  }

  #onQuote(at: number): number {
    if (this.#state === "closed") {
      // Doubled: one quote of the text.
      this.#cell += '"';
      this.#state = "quoted";
    } else if (this.#state === "start") {
      this.#quoted = true;
      this.#quoteLine = this.#line;
      this.#state = "quoted";
    } else {
      throw this.#error("a quote stands inside a cell that does not start with one");
    }
    return at + 1;
  }

  #onSeparator(code: number, piece: string, from: number, at: number, records: CsvRecord[]): number {
    if (this.#state === "return") {
      if (code !== NEWLINE) throw this.#error("a carriage return stands alone");
    } else {
      if (this.#state === "bare") this.#cell += piece.slice(from, at);
      this.#endCell();
    }
    if (code === RETURN) this.#state = "return";
    else {
      this.#state = "start";
      if (code === NEWLINE) this.#endRecord(records);
    }
    return at + 1;
  }

  #endCell(): void {
    if (this.#state === "return") return;
    const isNull = !this.#quoted && (this.#cell === "" || this.#cell === "NULL");
    this.#cells.push(isNull ? null : this.#cell);
    this.#cell = "";
    this.#quoted = false;
  }

  #endRecord(records: CsvRecord[]): void {
    records.push({ cells: this.#cells, line: this.#recordLine });
    this.#cells = [];
    this.#recordLine = this.#line;
  }

  #error(problem: string): CsvError {
    return new CsvError(this.#line, problem);
  }
}
