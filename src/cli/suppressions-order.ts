import { existsSync } from "node:fs";
import { loadTokenSecret, type MailOrder, type MailOrderOutcome, obeyMailOrder } from "#application";
import { didYouMean } from "#base";
import { openSqlite } from "#database";
import { databasePath, tokenKey } from "#platform";
import { maintenanceOf } from "./ask-server.ts";
import { CommandError } from "./failure.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";
import { findServer, openWorkplace, type Workplace } from "./workplace.ts";

export interface SuppressionsOrderOptions {
  readonly action: MailOrder["action"];
  readonly address: string;
  readonly list?: string;
  readonly detail?: string;
  readonly backend: string;
}

/** Suppresses an address, or no more: by the server that has the database, or here where none runs. */
export async function suppressionsOrder(
  { action, address, list, detail, backend }: SuppressionsOrderOptions,
  terminal: Terminal,
): Promise<void> {
  const workplace = await openWorkplace(backend);
  if (!existsSync(databasePath(workplace.dataDirectory)))
    throw new CommandError(`There is no database in ${workplace.dataDirectory} yet: the first start makes it.`);
  if (list !== undefined && action === "suppress") checkList(list, workplace);
  const outcome = await carryOut({ type: "mail", action, address, list: list ?? null, detail: detail ?? null }, workplace);
  if ("refused" in outcome) throw new CommandError(printable(outcome.refused));
  terminal.print(describe({ action, changed: outcome.changed, who: printable(address), list }));
}

function checkList(list: string, { backend }: Workplace): void {
  const lists = new Set(backend.mails.entries.flatMap((entry) => entry.list ?? []));
  if (!lists.has(list)) throw new CommandError(`No mail has the list '${printable(list)}'${didYouMean(list, lists) || "."}`);
}

async function carryOut(order: MailOrder, workplace: Workplace): Promise<MailOrderOutcome> {
  const { dataDirectory, config } = workplace;
  const server = findServer(workplace);
  if (server !== undefined) {
    if (server.url === undefined)
      throw new CommandError(`The server (process ${server.pid}) is only starting. Try again in a moment.`);
    const state = await maintenanceOf(server.url, tokenKey(await loadTokenSecret(dataDirectory)))(order);
    return state.state === "failed"
      ? { refused: state.message }
      : ((state as { readonly result: unknown }).result as MailOrderOutcome);
  }
  const database = await openSqlite({ path: databasePath(dataDirectory), durability: config.durability });
  try {
    return await database.transaction((connection) => obeyMailOrder(connection, order, Date.now()));
  } finally {
    await database.close();
  }
}

function describe({
  action,
  changed,
  who,
  list,
}: {
  readonly action: MailOrder["action"];
  readonly changed: boolean;
  readonly who: string;
  readonly list: string | undefined;
}): string {
  const what = list === undefined ? "mail" : `mail of the list '${list}'`;
  if (action === "suppress") return changed ? `No ${what} is sent to ${who} any more.` : `No ${what} was sent to ${who} already.`;
  if (changed) return `${capital(what)} is sent to ${who} again.`;
  return list === undefined
    ? `All mail to ${who} was not suppressed: \`chassis mail suppressions list --address\` shows whether mail of a list is.`
    : `${capital(what)} to ${who} was not suppressed.`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
