import { existsSync } from "node:fs";
import {
  type ClientOrder,
  type JobOrder,
  loadTokenSecret,
  type MailOrder,
  type UserOrder,
  type WebhookOrder,
} from "#application";
import { openSqlite, type SqliteDatabase } from "#database";
import { databasePath, tokenKey } from "#platform";
import { maintenanceOf } from "./ask-server.ts";
import { CommandError } from "../command-line/command-error.ts";
import { printable } from "../command-line/printable.ts";
import { findServer, type Workplace } from "./workplace.ts";

/** An order that is carried out within one transaction or a few: each part of the application has its own. */
export type Order = ClientOrder | JobOrder | MailOrder | UserOrder | WebhookOrder;

interface Refused {
  readonly refused: string;
}

/** A command that changes what is there makes nothing: the first start does. */
export function requireDatabase({ dataDirectory }: Workplace): void {
  if (!existsSync(databasePath(dataDirectory)))
    throw new CommandError(`There is no database in ${dataDirectory} yet: the first start makes it.`);
}

/** Has an order carried out by the server that has the database, or here where none runs. @throws CommandError with what was refused. */
export async function carryOut<O extends object>(
  order: Order,
  workplace: Workplace,
  here: (database: SqliteDatabase) => Promise<O | Refused>,
): Promise<O> {
  const { dataDirectory, config } = workplace;
  const server = findServer(workplace);
  const outcome = server === undefined ? await obeyHere() : await askServer(server);
  if ("refused" in outcome) throw new CommandError(printable(outcome.refused));
  return outcome;

  async function obeyHere(): Promise<O | Refused> {
    const database = await openSqlite({ path: databasePath(dataDirectory), durability: config.durability });
    try {
      return await here(database);
    } finally {
      await database.close();
    }
  }

  async function askServer({ pid, url }: { readonly pid: number; readonly url?: string | undefined }): Promise<O | Refused> {
    if (url === undefined) throw new CommandError(`The server (process ${pid}) is only starting. Try again in a moment.`);
    const state = await maintenanceOf(url, tokenKey(await loadTokenSecret(dataDirectory)))(order);
    return state.state === "failed"
      ? { refused: state.message }
      : ((state as { readonly result: unknown }).result as O | Refused);
  }
}
