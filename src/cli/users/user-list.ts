import { type Account, type AccountFilter, createAccountTable, hasAuthTables } from "#application";
import { didYouMean } from "#base";
import { CommandError } from "../command-line/command-error.ts";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { authOf } from "./user-order.ts";

export interface UserListOptions {
  readonly backend: string;
  readonly search?: string;
  readonly role?: string;
  readonly after?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Lists accounts, the oldest first: ids are in the order in which they were made. */
export async function userList({ backend, json = false, ...options }: UserListOptions, terminal: Terminal): Promise<void> {
  const { search, role, after } = options;
  const { limit = 100 } = options;
  const filter: AccountFilter = {
    ...(search === undefined ? {} : { search }),
    ...(role === undefined ? {} : { role }),
    ...(after === undefined ? {} : { after }),
  };
  await withDatabase(backend, async (connection, workplace) => {
    const { users, roles } = authOf(workplace);
    if (role !== undefined && !roles.includes(role))
      throw new CommandError(
        `There is no role '${role}'${didYouMean(role, roles) || `; there ${roles.length === 1 ? "is" : "are"} ${roles.join(", ")}.`}`,
      );
    const found = (await hasAuthTables(connection))
      ? await createAccountTable(users).list(connection, { ...filter, limit: limit + 1 })
      : [];
    const rows = found.slice(0, limit);
    if (json) for (const row of rows) terminal.print(JSON.stringify(shown(row)));
    else printTable(rows, terminal);
    if (found.length > limit) terminal.report(terminal.style("dim", `There are more: --after ${rows.at(-1)?.user} shows them.`));
    if (found.length === 0)
      terminal.report(Object.keys(filter).length > 0 ? "There is no such account." : "Nobody has an account yet.");
  });
}

/** What of an account is shown: never its password's hash. */
export function shown({ passwordHash, ...account }: Account): object {
  return { ...account, hasPassword: passwordHash !== undefined };
}

function printTable(rows: readonly Account[], terminal: Terminal): void {
  if (rows.length === 0) return;
  const lines = rows.map(({ user, address, verified, roles, suspended, created }) => [
    printable(user),
    printable(address ?? "-"),
    roles.join(", ") || "-",
    shortMoment(created),
    [...(suspended ? ["suspended"] : []), ...(address === null ? ["not signed up"] : verified ? [] : ["not confirmed"])].join(
      ", ",
    ),
  ]);
  const head = ["id", "address", "roles", "since", ""];
  const widths = head.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  terminal.print(terminal.style("dim", pad(head)));
  for (const line of lines) terminal.print(pad(line));
}
