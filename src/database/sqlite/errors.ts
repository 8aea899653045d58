import { dirname } from "node:path";
import { AppError } from "#contract";
import { ConstraintError, type ConstraintErrorOptions } from "../driver.ts";

/** A database file that cannot be opened or must not be. The message says what to do; it is for whoever starts the server. */
export class DatabaseRefusedError extends Error {
  override readonly name: string = "DatabaseRefusedError";
}

interface SqliteFailure extends Error {
  readonly errcode: number;
}

/** The result codes that mean something to us (sqlite.org/rescode.html). */
export const resultCode = {
  error: 1,
  tooBig: 18,
  busy: 5,
  locked: 6,
  interrupted: 9,
  ioError: 10,
  corrupt: 11,
  full: 13,
  mismatch: 20,
  notADatabase: 26,
} as const;

type Translation = (message: string, cause: SqliteFailure) => Error;

const constraint =
  (kind: ConstraintError["constraint"], describe: (message: string) => ConstraintErrorOptions = () => ({})): Translation =>
  (message, cause) =>
    new ConstraintError(kind, { ...describe(message), cause });

/** Extended codes of SQLITE_CONSTRAINT. */
const constraints: ReadonlyMap<number, Translation> = new Map([
  [275, constraint("check", (message) => ({ constraintName: afterColon(message) }))],
  [787, constraint("foreignKey", () => ({ referenced: false }))],
  [1299, constraint("notNull", columnsNamed)],
  [1555, constraint("unique", columnsNamed)],
  // ON DELETE RESTRICT answers as a trigger would; RAISE() in a trigger has the same code and a message of its own.
  [
    1811,
    (message, cause) =>
      message === "FOREIGN KEY constraint failed"
        ? new ConstraintError("foreignKey", { referenced: true, cause })
        : new ConstraintError("check", { constraintName: message, cause }),
  ],
  [2067, constraint("unique", columnsNamed)],
  [2579, constraint("unique", columnsNamed)],
  [3091, constraint("datatype", (message) => columnsNamed(`: ${message.slice(message.lastIndexOf(" ") + 1)}`))],
]);

const retrySoon = { "Retry-After": "1" };

const primary: ReadonlyMap<number, Translation> = new Map([
  [resultCode.busy, (_message, cause) => new AppError("unavailable", { cause, headers: retrySoon })],
  [resultCode.locked, (_message, cause) => new AppError("unavailable", { cause, headers: retrySoon })],
  [resultCode.interrupted, (_message, cause) => new AppError("timeout", { cause })],
  [resultCode.tooBig, tooMuch],
  // Also a quota that is used up. It goes on by itself when there is room.
  [resultCode.full, (_message, cause) => new AppError("storageFull", { cause, headers: { "Retry-After": "10" } })],
  [resultCode.corrupt, damaged],
  [resultCode.notADatabase, damaged],
  // Text that is no number at all in INTEGER PRIMARY KEY; other STRICT columns answer 3091.
  [resultCode.mismatch, constraint("datatype")],
]);

/** What SQLite says only by its message, in SQLITE_ERROR. */
const messages: ReadonlyMap<string, Translation> = new Map([
  ["integer overflow", (_message: string, cause: SqliteFailure) => new AppError("numberOutOfRange", { cause })],
]);

/** A failure of node:sqlite as the rest of the server knows it; what it does not foresee comes back as it is. */
export function sqliteError(thrown: unknown): unknown {
  if (!isSqliteFailure(thrown)) return thrown;
  const { errcode, message } = thrown;
  const translate = constraints.get(errcode) ?? primary.get(errcode & 0xff) ?? messages.get(message) ?? ceilingOf(thrown);
  return translate === undefined ? thrown : translate(message, thrown);
}

/** SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC. */
const syncCodes: ReadonlySet<number> = new Set([1034, 1290]);

/** What SQLite says of a sync that failed, after which nothing that is written can be trusted to last; undefined for anything else. */
export function syncFailure(thrown: unknown): Error | undefined {
  return isSqliteFailure(thrown) && syncCodes.has(thrown.errcode) ? thrown : undefined;
}

/** SQLITE_IOERR of any kind: the disk would not read, write or sync. */
export function isDiskFailure(thrown: unknown): boolean {
  return isSqliteFailure(thrown) && (thrown.errcode & 0xff) === resultCode.ioError;
}

/** One of SQLite's own ceilings: of parameters, columns, tables in a join, depth, size. */
function ceilingOf({ errcode, message }: SqliteFailure): Translation | undefined {
  const isCeiling =
    errcode === resultCode.error &&
    /^too many (?:SQL variables|columns|terms|arguments)|too large|parser stack overflow|at most \d+ tables/.test(message);
  return isCeiling ? tooMuch : undefined;
}

/** What SQLite itself said, where it met damage; else the error as it is. */
export function behindDamage(error: unknown): unknown {
  if (!(error instanceof AppError) || error.error !== "databaseDamaged") return error;
  return error.cause instanceof Error ? error.cause.cause : error;
}

/** Read and found broken: no statement is to blame, and trying again does not help. */
function damaged(message: string, cause: SqliteFailure): AppError {
  return new AppError("databaseDamaged", {
    cause: new Error(
      `SQLite met damage in the database: ${message}. Run \`chassis doctor\`, which says what is damaged and what to do. ` +
        "Writing on may make it worse: stop the server, keep a copy of the data directory, and restore the last good backup.",
      { cause },
    ),
  });
}

function tooMuch(_message: string, cause: SqliteFailure): AppError {
  return new AppError("limitExceeded", {
    message: "The query is too large.",
    hint: "Ask for less, or in several queries.",
    cause,
  });
}

/** What was thrown where a database was opened, in words for whoever opens it. */
export function openingError(path: string, thrown: unknown): unknown {
  const error = behindDamage(thrown);
  if (!isSqliteFailure(error)) return thrown;
  const code = error.errcode & 0xff;
  const message =
    code === resultCode.notADatabase
      ? `${path} is not a SQLite database: it is another kind of file, encrypted, or damaged. Give another path, or restore a backup.`
      : code === resultCode.corrupt
        ? `The database ${path} is damaged: ${error.message}. \`chassis doctor\` says what and what to do; restore the last good backup.`
        : `The database ${path} cannot be opened: ${error.message}. May this user write to the file and its folder ${dirname(path)}?`;
  return new DatabaseRefusedError(message, { cause: error });
}

export function isSqliteFailure(thrown: unknown): thrown is SqliteFailure {
  return thrown instanceof Error && "errcode" in thrown && typeof thrown.errcode === "number";
}

function afterColon(message: string): string {
  return message.slice(message.indexOf(": ") + 2);
}

/** From "UNIQUE constraint failed: schools.name, schools.country". Names come from our schema and hold neither dot nor comma. */
function columnsNamed(message: string): ConstraintErrorOptions {
  const parts = afterColon(message)
    .split(", ")
    .map((part) => part.split("."));
  const table = parts[0]?.[0];
  const columns = parts.flatMap(([, column]) => (column === undefined ? [] : [column]));
  return table === undefined || columns.length === 0 ? {} : { table, columns };
}
