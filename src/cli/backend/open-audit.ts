import { existsSync } from "node:fs";
import { openToRead, type StreamingConnection } from "#database";
import { databasePath } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import { findServer, openWorkplace, type Workplace } from "./workplace.ts";

/** The database of a back end to be read, whether a server runs on it or not. */
export async function withDatabase<T>(
  backend: string,
  work: (connection: StreamingConnection, workplace: Workplace) => Promise<T>,
): Promise<T> {
  const workplace = await openWorkplace(backend);
  const path = databasePath(workplace.dataDirectory);
  if (!existsSync(path))
    throw new CommandError(`There is no database in ${workplace.dataDirectory} yet: the first start makes it.`);
  const database = openToRead(path, findServer(workplace) !== undefined);
  try {
    return await work(database.connection, workplace);
  } finally {
    database.close();
  }
}
