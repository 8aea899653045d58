import { existsSync } from "node:fs";
import { createSecretFields, encryptSecretFields, loadSecrets } from "#application";
import { systemClock } from "#base";
import { openSqlite, rewriteDatabaseFile } from "#database";
import { databasePath, secretFieldKeys } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace } from "../backend/workplace.ts";

/**
 * Encrypts the secret fields of all rows by the current secret: those that were stored before, and those of a former secret. Else each is when its row is next
 * written. The file is then written anew, so that nothing of them stays in it in the clear. Not beside a server, which has the database.
 */
export async function encrypt({ backend: path }: { readonly backend: string }, terminal: Terminal): Promise<void> {
  const workplace = await openWorkplace(path);
  const server = findServer(workplace);
  if (server !== undefined) throw new CommandError(`A server runs (process ${server.pid}). Stop it first.`);
  const file = databasePath(workplace.dataDirectory);
  if (!existsSync(file))
    throw new CommandError(`There is no database in ${workplace.dataDirectory} yet: the first start makes it.`);
  const database = await openSqlite({ path: file });
  let written: number;
  try {
    // Not before: where there is no secret, one is made.
    const fields = createSecretFields(secretFieldKeys(await loadSecrets(workplace.dataDirectory)));
    written = await encryptSecretFields(database, workplace.backend.model, fields);
  } finally {
    await database.close();
  }
  // Always: of a run that was broken off, what stood there in the clear is in the file still.
  terminal.progress("Writing the file anew");
  rewriteDatabaseFile(file, systemClock);
  terminal.progress("");
  printResult(
    terminal,
    { encrypted: written },
    written === 0
      ? "Every secret field is encrypted by the current secret."
      : `${count(written, "value")} encrypted by the current secret.`,
  );
}
