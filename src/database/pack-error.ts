import { AppError, type AppErrorOptions, type ErrorName } from "#contract";
import { ConstraintError, type ConstraintErrorOptions } from "./driver.ts";

/** An error as it crosses between threads, where classes and their properties are lost. */
export type PackedError =
  | {
      readonly kind: "expected";
      readonly name: ErrorName;
      readonly options: AppErrorOptions;
      readonly cause: PackedError | undefined;
    }
  | { readonly kind: "constraint"; readonly constraint: ConstraintError["constraint"]; readonly options: ConstraintErrorOptions }
  | {
      readonly kind: "other";
      readonly message: string;
      readonly stack: string | undefined;
      readonly errcode: number | undefined;
    };

export function packError(thrown: unknown): PackedError {
  if (thrown instanceof AppError) {
    const { message, details, hint, headers, cause } = thrown;
    const options = { message, headers, ...(details === null ? {} : { details }), ...(hint === null ? {} : { hint }) };
    return { kind: "expected", name: thrown.error, options, cause: cause === undefined ? undefined : packError(cause) };
  }
  if (thrown instanceof ConstraintError) {
    const { constraint, table, columns, constraintName, referenced } = thrown;
    const options = { columns, referenced, ...(table && { table }), ...(constraintName && { constraintName }) };
    return { kind: "constraint", constraint, options };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const errcode = "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;
  return { kind: "other", message: error.message, stack: error.stack, errcode };
}

export function unpackError(packed: PackedError): Error {
  if (packed.kind === "expected") {
    const cause = packed.cause === undefined ? undefined : unpackError(packed.cause);
    return new AppError(packed.name, { ...packed.options, cause });
  }
  if (packed.kind === "constraint") return new ConstraintError(packed.constraint, packed.options);
  const error = new Error(packed.message);
  if (packed.stack !== undefined) error.stack = packed.stack;
  return packed.errcode === undefined ? error : Object.assign(error, { errcode: packed.errcode });
}
