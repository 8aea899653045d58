import {
  createAccountTable,
  createRecordStore,
  exportAccount,
  findAccount,
  hasAuthTables,
  isAnonymousAccount,
  loadSecrets,
  proofNames,
} from "#application";
import { createIdSource, systemClock } from "#base";
import { AppError } from "#contract";
import { sqliteDialect } from "#database";
import { secretFieldKeys } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import { readOnly } from "../backend/read-only.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { authOf } from "./user-order.ts";

/**
 * Prints the copy of what is kept of somebody that they could take themselves, had they just signed in: under the rules that hold for them. Reads alone,
 * beside a running server or without one.
 */
export async function userExport(who: string, { backend }: { readonly backend: string }, terminal: Terminal): Promise<void> {
  await withDatabase(backend, async (connection, workplace) => {
    const definition = authOf(workplace);
    if (!(await hasAuthTables(connection))) throw new CommandError("Nobody has an account yet.");
    const accounts = createAccountTable(definition.users);
    const { user, roles, verified } = await findAccount(accounts, connection, who).catch((error: unknown) => {
      throw error instanceof AppError ? new CommandError(printable(error.message)) : error;
    });
    const { backend: loaded, dataDirectory, config } = workplace;
    const clock = systemClock;
    const records = createRecordStore({
      database: readOnly(connection),
      dialect: sqliteDialect,
      model: loaded.model,
      rules: loaded.rules,
      clock,
      ids: createIdSource(clock),
      secretKeys: secretFieldKeys(await loadSecrets(dataDirectory)),
    });
    const site = (): string => config.baseUrl ?? `http://localhost:${config.port}`;
    const now = clock.now();
    // As if they had shown all that there is to show: who has not signed up has nothing.
    const proofs = (await isAnonymousAccount(connection, user))
      ? ["anonymous"]
      : proofNames.filter((proof) => proof !== "anonymous");
    const session = { id: "", verified, proofs, proved: now, factorProved: now };
    const me = { id: user, roles, claims: {}, session };
    await exportAccount({ definition, records, accounts, site, clock, idle: config.sessionIdle }, me, async (pieces) => {
      // Each ends where a line may.
      for await (const piece of pieces) terminal.print(Buffer.from(piece).toString().trimEnd());
    });
  });
}
