import { type MailOrder, obeyMailOrder } from "#application";
import { didYouMean } from "#base";
import { carryOut, requireDatabase } from "../backend/carry-out.ts";
import { CommandError } from "../command-line/command-error.ts";
import { printable } from "../command-line/printable.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";
import { openWorkplace, type Workplace } from "../backend/workplace.ts";

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
  requireDatabase(workplace);
  if (list !== undefined && action === "suppress") checkList(list, workplace);
  const order: MailOrder = { type: "mail", action, address, list: list ?? null, detail: detail ?? null };
  const { changed } = await carryOut(order, workplace, (database) =>
    database.transaction((connection) => obeyMailOrder(connection, order, Date.now())),
  );
  printResult(
    terminal,
    { action, address, list: list ?? null, changed },
    describe({ action, changed, who: printable(address), list }),
  );
}

function checkList(list: string, { backend }: Workplace): void {
  const lists = new Set(backend.mails.entries.flatMap((entry) => entry.list ?? []));
  if (!lists.has(list)) throw new CommandError(`No mail has the list '${printable(list)}'${didYouMean(list, lists) || "."}`);
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
