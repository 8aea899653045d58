import type { ErrorBody, ErrorName, FieldProblem } from "#contract";
import { type ClientErrorName, type ErrorCode, errorName } from "./error-names.ts";

/** What is known of a failure beside its code and message. */
interface Failure extends Partial<Omit<ErrorBody, "code" | "message" | "operation">> {
  readonly operation?: number | undefined;
  /** Default 0: there was no answer. */
  readonly status?: number;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A call that failed: what the server answered, or that it could not be asked. `error` is its name in the table of errors, such as
 * `uniqueViolation` or `networkFailed`. What the caller aborted is none: the call then rejects with the reason of the signal.
 */
export class ChassisError extends Error {
  override readonly name: string = "ChassisError";
  /** Which error it is. A server that is newer than the client may know others. */
  readonly error: ErrorName | ClientErrorName;
  /** As it crossed the wire: PostgREST's code or SQLSTATE where there is one of the same meaning. */
  readonly code: ErrorCode;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  readonly details: string | null;
  /** What the caller can do about it. */
  readonly hint: string | null;
  /** Of `validationFailed`: what is wrong with which field. Else empty. */
  readonly fields: readonly FieldProblem[];
  /** Of a batch: which of its calls was refused, from 0. */
  readonly operation: number | undefined;
  /** The name of the request in the server's log. */
  readonly requestId: string | undefined;

  constructor(code: ErrorCode, message: string, { status = 0, cause, ...said }: Failure = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.error = errorName(code);
    this.status = status;
    this.details = said.details ?? null;
    this.hint = said.hint ?? null;
    this.fields = said.fields ?? [];
    this.operation = said.operation;
    this.requestId = said.requestId;
  }
}
