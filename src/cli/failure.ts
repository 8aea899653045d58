import { inspect } from "node:util";
import { DefinitionError, MailSettingsError, SiteSettingsError, TokenSecretError } from "#application";
import { SettingsError } from "#config";
import { AppError } from "#contract";
import { BackupError, DatabaseRefusedError, MigrationError, SchemaDifferenceError } from "#database";

/** A command that cannot do what it was asked, in words for the person who asked. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** A folder without a back end. Who knows the command adds how it is given another. */
export class BackendNotFoundError extends CommandError {
  override readonly name = "BackendNotFoundError";

  constructor(folder: string) {
    super(`There is no backend.ts in ${folder}.`);
  }
}

const expected: readonly (new (...args: never[]) => Error)[] = [
  CommandError,
  DefinitionError,
  SettingsError,
  BackupError,
  DatabaseRefusedError,
  MigrationError,
  MailSettingsError,
  SchemaDifferenceError,
  SiteSettingsError,
  TokenSecretError,
];

/** What went wrong, for the standard error: the message alone where it says all, else everything that is known. */
export function describeFailure(error: unknown): string {
  // What a caller must not know, whoever runs the server must.
  if (error instanceof AppError && error.error === "databaseDamaged" && error.cause instanceof Error) return error.cause.message;
  if (error instanceof AppError && error.error !== "internal")
    return [describeProblem(error), error.hint].filter((line) => line !== null).join("\n");
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === "EADDRINUSE") return `Port ${port} is taken. Stop what runs there, or choose another: PORT=${(port ?? 4000) + 1}`;
  if (code === "EACCES" && syscall === "listen")
    return `This user may not listen on port ${port} of ${address}. Choose a port above 1023.`;
  return expected.some((kind) => error instanceof kind) ? (error as Error).message : inspect(error);
}

/** An error about what somebody gave, in one line: its fields where it has any, which the details say once more. */
export function describeProblem({ message, details, fields }: AppError): string {
  // Of a list the first part of a field's path is the place of the row, which its line says better.
  if (fields !== undefined && fields.length > 0)
    return `${fields.map(({ field, message }) => `'${field.replace(/^\d+\./, "")}' ${message}`).join("; ")}.`;
  return details === null ? message : `${message} ${details}`;
}
