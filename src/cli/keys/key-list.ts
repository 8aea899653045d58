import { createAccountTable, findAccount, hasKeyTable, type KeyRow, listKeys } from "#application";
import { AppError } from "#contract";
import { CommandError } from "../command-line/command-error.ts";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { authOf } from "../users/user-order.ts";

export interface KeyListOptions {
  readonly backend: string;
  readonly user?: string;
  readonly json?: boolean;
}

/** Lists keys that are good, the newest first, beside a server or without one. */
export async function keyList({ backend, user: who, json = false }: KeyListOptions, terminal: Terminal): Promise<void> {
  await withDatabase(backend, async (connection, workplace) => {
    const { users } = authOf(workplace);
    if (!(await hasKeyTable(connection))) return terminal.report("Nobody has a key yet.");
    const user = who === undefined ? undefined : await idOf(who);
    const keys = await listKeys(connection, { user, now: Date.now(), limit: MOST + 1 });
    const shown = keys.slice(0, MOST);
    if (json) for (const key of shown) terminal.print(JSON.stringify(key));
    else for (const line of linesOf(shown)) terminal.print(line);
    if (keys.length > MOST)
      terminal.report(terminal.style("dim", `There are more than ${MOST}: --user shows those of one account.`));
    if (keys.length === 0) terminal.report(user === undefined ? "Nobody has a key." : "They have no key.");

    async function idOf(given: string): Promise<string> {
      const account = await findAccount(createAccountTable(users), connection, given).catch((error: unknown) => {
        throw error instanceof AppError ? new CommandError(printable(error.message)) : error;
      });
      return account.user;
    }
  });
}

const MOST = 1000;

function linesOf(keys: readonly KeyRow[]): readonly string[] {
  return keys.map(({ id, user, name, start, scope, expires, used }) => {
    const only = [...(scope.tables ?? []), ...(scope.functions ?? [])];
    const may = `${scope.access}${only.length === 0 ? "" : ` ${only.join(", ")}`}`;
    const when = used === null ? "never used" : `used ${shortMoment(used)}`;
    return [id, printable(user), `${start}…`, printable(name), may, `until ${shortMoment(expires)}`, when].join("  ");
  });
}
