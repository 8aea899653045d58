import { type ErrorName, errorTable } from "./error-table.ts";

/** One thing that is wrong with one field of a request. `field` is the path as the caller wrote it (`0.stars` in a list). */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** The JSON body of every answer that is an error. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details: string | null;
  readonly hint: string | null;
  /** One entry a field, for `validation_failed` alone. */
  readonly fields?: readonly FieldProblem[];
  /** Of a batch: which of its operations was refused, from 0. */
  readonly operation?: number;
  /** Of a body that is read as a stream: which of its rows was refused, from 0, and on which line it stands, from 1. */
  readonly row?: number;
  readonly line?: number;
}

/** Where in a request an error was met. */
export interface ErrorPlace {
  readonly operation?: number;
  readonly row?: number;
  readonly line?: number;
}

export interface AppErrorOptions {
  /** Replaces the row's message. Never a table, a column or a value that the caller may not see. */
  readonly message?: string;
  readonly details?: string;
  /** What the caller can do about it. */
  readonly hint?: string;
  readonly fields?: readonly FieldProblem[];
  /** Logged, never sent. */
  readonly cause?: unknown;
  /** Extra answer headers, such as `Retry-After` or `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Shown with the error, where a request holds more than one thing that can go wrong. */
  readonly place?: ErrorPlace;
}

/**
 * An expected failure: a row of the error table and what can be said about it. Its message, details, hint and fields are
 * shown to the caller as they are; `cause` is for the log.
 */
export class AppError extends Error {
  override readonly name: string = "AppError";
  readonly error: ErrorName;
  readonly status: number;
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;
  readonly fields: readonly FieldProblem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly place: ErrorPlace;

  constructor(error: ErrorName, options: AppErrorOptions = {}) {
    const row = errorTable[error];
    super(shorten(options.message ?? row.message), options.cause === undefined ? undefined : { cause: options.cause });
    this.error = error;
    this.status = row.status;
    this.code = row.code;
    this.details = options.details ?? null;
    this.hint = options.hint ?? null;
    this.fields = options.fields;
    this.headers = options.headers ?? {};
    this.place = options.place ?? {};
  }

  toBody(): ErrorBody {
    const { code, message, details, hint, fields, place } = this;
    return { code, message, details, hint, ...(fields === undefined ? {} : { fields }), ...place };
  }

  /** The same error, with where in the request it was met. */
  at(place: ErrorPlace): AppError {
    const { message, details, hint, fields, headers } = this;
    return new AppError(this.error, {
      message,
      ...(details === null ? {} : { details }),
      ...(hint === null ? {} : { hint }),
      ...(fields === undefined ? {} : { fields }),
      headers,
      cause: this.cause ?? this,
      place: { ...this.place, ...place },
    });
  }
}

/** Messages say names as they were written, and a name can be as long as an address. */
const MAX_MESSAGE = 1000;

function shorten(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1).toWellFormed()}…`;
}

/** Turns whatever was thrown into an `AppError`; what is not one becomes `internal`, with the original as its cause. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : new AppError("internal", { cause: thrown });
}
