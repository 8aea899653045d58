import { createAccountTable, findAccount, hasAuthTables, listSessions, type SessionRow } from "#application";
import { AppError } from "#contract";
import { CommandError } from "./failure.ts";
import { shortMoment } from "./jobs-words.ts";
import { withDatabase } from "./open-audit.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";
import { shown } from "./user-list.ts";
import { authOf } from "./user-order.ts";

export interface UserShowOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Shows one account, and where it is signed in. */
export async function userShow(who: string, { backend, json = false }: UserShowOptions, terminal: Terminal): Promise<void> {
  await withDatabase(backend, async (connection, workplace) => {
    const { users } = authOf(workplace);
    if (!(await hasAuthTables(connection))) throw new CommandError("Nobody has an account yet.");
    const account = await findAccount(createAccountTable(users), connection, who).catch((error: unknown) => {
      throw error instanceof AppError ? new CommandError(printable(error.message)) : error;
    });
    const { user, address, verified, passwordHash, roles, suspended, created } = account;
    const sessions = await listSessions(connection, user, { now: Date.now(), idle: workplace.config.sessionIdle });
    if (json) {
      terminal.print(JSON.stringify({ ...shown(account), sessions }, null, 2));
      return;
    }
    const fields: readonly (readonly [string, string])[] = [
      ["id", printable(user)],
      ["address", address === null ? "none" : `${printable(address)}${verified ? "" : " (not confirmed)"}`],
      ["roles", roles.join(", ") || "none"],
      ["password", passwordHash === undefined ? "none" : "set"],
      ["since", shortMoment(created)],
      ...(suspended ? ([["suspended", "yes"]] as const) : []),
      ["sessions", sessions.length === 0 ? "none" : String(sessions.length)],
    ];
    for (const [title, value] of fields) terminal.print(`${terminal.style("dim", title.padEnd(10))}  ${value}`);
    for (const session of sessions) terminal.print(`  ${describeSession(session)}`);
  });
}

function describeSession({ used, proofs, address, agent }: SessionRow): string {
  return `${shortMoment(used)}  ${[proofs.join(" and "), address ?? "", printable(agent ?? "")].filter((part) => part !== "").join(", ")}`;
}
