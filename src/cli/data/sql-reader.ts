import type { ImportRow } from "#application";
import { type Bytes, rowLimit, unreadable } from "./row-reader.ts";
import { readLines } from "./line-reader.ts";
import { SqlError, SqlTokens, type Token } from "./sql-tokens.ts";

/** A row of an INSERT: its table as it is written there, and its values as texts and null, by the names of its columns. */
export type SqlRow = Pick<ImportRow, "table" | "line" | "row"> & { readonly problem?: string };

/**
 * The rows of INSERTs with literal values, as `chassis export --format sql` and `.mode insert` of SQLite's shell write them. What defines tables, PRAGMA, BEGIN and
 * COMMIT are passed over; all else ends it with a problem, for a part of what the file means to do is not what it means.
 */
export async function* readSql(bytes: Bytes): AsyncGenerator<SqlRow> {
  const tokens = new SqlTokens();
  const rows: SqlRow[] = [];
  const state: State = { began: false, statement: undefined };
  const statements = readStatements(state, (row) => void rows.push(row));
  statements.next();
  try {
    for await (const { number, bytes: length, text } of readLines(bytes, rowLimit, { endsAtLimit: true })) {
      if (text === undefined) throw new SqlError(unreadable(length), { line: number, column: 1 });
      tokens.push(text);
      if (tokens.held > rowLimit) throw new SqlError(`the text is longer than ${rowLimit} bytes`, { line: number, column: 1 });
      for (let token = tokens.next(); token !== undefined; token = tokens.next()) statements.next(token);
      yield* rows.splice(0);
    }
    tokens.end();
    if (state.statement !== undefined)
      throw new SqlError("the statement that begins here does not end: the file was cut off", state.statement);
    if (state.began) throw new SqlError("the file ends without the COMMIT of its BEGIN: it was cut off", { line: 1, column: 1 });
  } catch (error) {
    yield* rows.splice(0);
    if (!(error instanceof SqlError)) throw error;
    yield {
      table: "",
      line: error.line,
      row: {},
      problem: `Column ${error.column}: ${error.message}. Nothing after it was read.`,
    };
  }
}

interface State {
  /** A BEGIN waits for its COMMIT. */
  began: boolean;
  /** The first token of the one that is open. */
  statement: Token | undefined;
}

type Parser<T> = Generator<undefined, T, Token>;

/** Takes token after token, for as long as there are any. */
function* readStatements(state: State, emit: (row: SqlRow) => void): Parser<never> {
  for (;;) {
    const first: Token = yield;
    if (isMark(first, ";")) continue;
    state.statement = first;
    switch (first.type === "word" ? first.value : "") {
      case "INSERT":
      case "REPLACE":
        yield* readInsert(emit);
        break;
      case "BEGIN":
        state.began = true;
        yield* skipStatement();
        break;
      case "COMMIT":
      case "END":
        state.began = false;
        yield* skipStatement();
        break;
      case "CREATE":
        yield* skipDefinition();
        break;
      case "PRAGMA":
      case "ANALYZE":
        yield* skipStatement();
        break;
      default:
        throw new SqlError(`INSERT ... VALUES is read, and not '${shown(first)}'`, first);
    }
    state.statement = undefined;
  }
}

function* readInsert(emit: (row: SqlRow) => void): Parser<void> {
  let token: Token = yield;
  // INSERT OR IGNORE INTO: what happens to rows that are there says --on-conflict.
  while (!isWord(token, "INTO")) {
    if (token.type !== "word") throw expected("INTO", token);
    token = yield;
  }
  let table = yield* readName("the name of a table");
  token = yield;
  if (isMark(token, ".")) {
    table = yield* readName("the name of a table");
    token = yield;
  }
  if (!isMark(token, "("))
    throw new SqlError(
      "the INSERT does not name its columns, so that nobody knows which value is whose. In SQLite's shell `.headers on` with `.mode insert` writes them",
      token,
    );
  const columns: string[] = [];
  do {
    columns.push(yield* readName("the name of a column"));
    token = yield;
  } while (isMark(token, ","));
  if (!isMark(token, ")")) throw expected("',' or ')'", token);
  token = yield;
  if (!isWord(token, "VALUES")) throw expected("VALUES", token);
  do {
    const open: Token = yield;
    if (!isMark(open, "(")) throw expected("'('", open);
    emit({ table, line: open.line, row: yield* readRow(columns, open) });
    token = yield;
  } while (isMark(token, ","));
  if (!isMark(token, ";")) throw expected("',' or ';'", token);
}

function* readRow(columns: readonly string[], open: Token): Parser<Readonly<Record<string, string | null>>> {
  const row: Record<string, string | null> = Object.create(null);
  let count = 0;
  let token: Token;
  do {
    const value = yield* readValue();
    const column = columns[count++];
    if (column !== undefined) row[column] = value;
    token = yield;
  } while (isMark(token, ","));
  if (!isMark(token, ")")) throw expected("',' or ')'", token);
  if (count !== columns.length) throw new SqlError(`there are ${count} values for ${columns.length} columns`, open);
  return row;
}

/** In its text form, which every kind of field reads. */
function* readValue(): Parser<string | null> {
  const token: Token = yield;
  if (token.type === "text" || token.type === "number") return token.value;
  if (token.type === "bytes") return `\\x${token.value.toLowerCase()}`;
  if (token.type === "word") {
    if (token.value === "NULL") return null;
    if (token.value === "TRUE" || token.value === "FALSE") return token.value.toLowerCase();
    if (token.value === "CAST") return yield* readTextOfBytes();
  }
  throw new SqlError(`a value is a number, a text, X'00ff', NULL, TRUE or FALSE, and not '${shown(token)}'`, token);
}

/** CAST(X'00' AS TEXT), as an export writes texts that no line can hold. */
function* readTextOfBytes(): Parser<string> {
  yield* readMark("(");
  const bytes: Token = yield;
  if (bytes.type !== "bytes") throw expected("bytes such as X'0d0a'", bytes);
  for (const word of ["AS", "TEXT"]) {
    const token: Token = yield;
    if (!isWord(token, word)) throw expected(word, token);
  }
  yield* readMark(")");
  return Buffer.from(bytes.value, "hex").toString("utf8");
}

function* readMark(mark: string): Parser<void> {
  const token: Token = yield;
  if (!isMark(token, mark)) throw expected(`'${mark}'`, token);
}

function* readName(what: string): Parser<string> {
  const token: Token = yield;
  // In capitals only because words are: a name of ours is as it is written, in quotes.
  if (token.type === "name" || token.type === "text") return token.value;
  if (token.type === "word") return token.written;
  throw expected(what, token);
}

function* skipStatement(): Parser<void> {
  for (let token: Token = yield; !isMark(token, ";"); token = yield);
}

/** A trigger has statements of its own, and ends with END. */
function* skipDefinition(): Parser<void> {
  let token: Token = yield;
  let isTrigger = false;
  for (let before = token; ; before = token, token = yield) {
    if (isWord(token, "TRIGGER")) isTrigger = true;
    if (isMark(token, ";") && (!isTrigger || isWord(before, "END"))) return;
  }
}

function isMark(token: Token, mark: string): boolean {
  return token.type === "mark" && token.value === mark;
}

function isWord(token: Token, word: string): boolean {
  return token.type === "word" && token.value === word;
}

function expected(what: string, token: Token): SqlError {
  return new SqlError(`${what} is expected here, and not '${shown(token)}'`, token);
}

function shown(token: Token): string {
  const text = token.type === "word" ? token.written : token.value;
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
