import { inspect } from "node:util";
import { DefinitionError, describeProblem, MailSettingsError, SiteSettingsError, TokenSecretError } from "#application";
import { SettingsError } from "#config";
import { AppError } from "#contract";
import { BackupError, DatabaseRefusedError, MigrationError, SchemaDifferenceError } from "#database";
import { BackendNotFoundError, CommandError, UnloadableBackendError, UsageError } from "./command-error.ts";
import type { Failure, FailureCode } from "./failure-codes.ts";
import { portHolder } from "../doctor/port-holder.ts";
import { clip, printable } from "./printable.ts";
import { describeSystemTrouble } from "./system-trouble.ts";

export { BackendNotFoundError, CommandError, UsageError } from "./command-error.ts";

/** The first that fits says what it is. */
const expected: readonly (readonly [kind: new (...args: never[]) => Error, code: FailureCode])[] = [
  [BackendNotFoundError, "noBackend"],
  [UnloadableBackendError, "definition"],
  [UsageError, "usage"],
  [CommandError, "notDone"],
  [DefinitionError, "definition"],
  [SettingsError, "settings"],
  [MailSettingsError, "settings"],
  [SiteSettingsError, "settings"],
  [TokenSecretError, "tokenSecret"],
  [BackupError, "backup"],
  [DatabaseRefusedError, "databaseRefused"],
  [SchemaDifferenceError, "schemaDifference"],
  [MigrationError, "migration"],
];

type NetworkError = NodeJS.ErrnoException & { readonly address?: string; readonly hostname?: string; readonly port?: number };

/** What went wrong: the message alone where it says all, else everything that is known. */
export function readFailure(error: unknown): Failure {
  // What a caller must not know, whoever runs the server must.
  if (error instanceof AppError && error.error === "databaseDamaged" && error.cause instanceof Error)
    return {
      code: error.code,
      message: `The database is damaged: ${error.cause.message}.`,
      hint: "`chassis doctor` says what and what to do; restore the last good backup.",
    };
  if (error instanceof AppError && error.error !== "internal")
    return { code: error.code, message: describeProblem(error), hint: error.hint };
  const { code, syscall, address, hostname, port } = (error ?? {}) as NetworkError;
  if (code === "EADDRINUSE")
    return {
      code: "portTaken",
      message: `Port ${port} is taken${holderOf(port)}. Stop what runs there, or choose another: PORT=${(port ?? 4000) + 1}`,
      hint: null,
    };
  if (code === "EACCES" && syscall === "listen")
    return {
      code: "portTaken",
      message: `This user may not listen on port ${port} of ${address}. Choose a port above 1023.`,
      hint: null,
    };
  if (code === "EADDRNOTAVAIL" && syscall === "listen")
    return {
      code: "notDone",
      message: `This machine has no address ${address}. --host, or CHASSIS_HOST, is one of its own, such as 127.0.0.1, or 0.0.0.0 for all of them.`,
      hint: null,
    };
  if ((code === "ENOTFOUND" || code === "EAI_AGAIN") && syscall === "getaddrinfo")
    return { code: "notDone", message: `No address is known of the host '${hostname}'. Is it spelt right?`, hint: null };
  const trouble = describeSystemTrouble(error);
  if (trouble !== undefined) return { code: "notDone", message: trouble, hint: null };
  const known = expected.find(([kind]) => error instanceof kind)?.[1];
  return known === undefined
    ? { code: "internal", message: inspect(error), hint: null }
    : { code: known, message: (error as Error).message, hint: null };
}

/** The same as lines for the standard error. */
export function describeFailure(error: unknown): string {
  const { message, hint } = readFailure(error);
  return [message, hint].filter((line) => line !== null).join("\n");
}

function holderOf(port: number | undefined): string {
  const holder = port === undefined ? undefined : portHolder(port);
  return holder === undefined ? "" : ` by process ${holder.pid} (${printable(clip(holder.command, 60))})`;
}
