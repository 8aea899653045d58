import { BackupError, DamagedBackupError } from "../backup-error.ts";

/** An error on its way between threads, where its class is lost. */
export interface PackedError {
  readonly kind: "backup" | "damaged" | "other";
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function packError(thrown: unknown): PackedError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const kind = error instanceof DamagedBackupError ? "damaged" : error instanceof BackupError ? "backup" : "other";
  return { kind, name: error.name, message: error.message, stack: error.stack };
}

export function unpackError({ kind, name, message, stack }: PackedError): Error {
  if (kind === "damaged") return new DamagedBackupError(message);
  if (kind === "backup") return new BackupError(message);
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
