import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import {
  type Answers,
  type Applied,
  applyMigration,
  type NamedMigration,
  openSqlite,
  openToRead,
  type Plan,
  planMigration,
  rollbackMigration,
  type SqliteDatabase,
} from "#database";
import { databasePath, type Platform } from "#platform";
import type { DevMessage, DevOrder } from "./dev-messages.ts";
import { serve } from "../start/serve.ts";
import { createTerminal, type Terminal } from "../command-line/terminal.ts";
import { describeTrouble } from "../trouble/describe-trouble.ts";
import { findServer, openWorkplace, type Workplace } from "../backend/workplace.ts";

const send = (message: DevMessage): void => void process.send?.(message);

/** How long a version that makes way answers what is under way: whoever has saved waits for it, and an answer that streams may never end. */
const PATIENCE_MILLISECONDS = 1000;

/** What one version of a back end does, in a process of its own: loads it, and obeys. `files` are those that were loaded, kept up by the caller. */
export function workAsVersion(files: ReadonlySet<string>): void {
  // Until it serves, nothing needs an orderly end; then the guards of `serve` take over.
  const endAtOnce = (): never => process.exit(0);
  process.on("SIGTERM", endAtOnce);
  // An interrupt from the keyboard reaches the whole group: the supervisor decides.
  process.on("SIGINT", () => {});

  let version: Version | undefined;
  const fail = async (error: unknown): Promise<void> =>
    send({ type: "failed", files: [...files], message: await describeTrouble(error, files) });
  const begin = async (order: Extract<DevOrder, { type: "load" }>): Promise<void> => {
    version = await load(order);
    send({ type: "loaded", files: [...files], database: databasePath(version.workplace.dataDirectory) });
  };
  process.on("message", (order: DevOrder, socket: unknown) => {
    if (order.type === "connection") version?.take?.(socket as Socket);
    else if (order.type === "load") void begin(order).catch(fail);
    else if (version !== undefined) {
      if (order.type === "serve") process.off("SIGTERM", endAtOnce);
      void obey(order, version).catch(fail);
    }
  });
  send({ type: "ready", files: [...files] });
}

interface Version {
  readonly workplace: Workplace;
  readonly terminal: Terminal;
  platform?: Platform;
  /** Where connections go, once it serves. */
  take?: (socket: Socket) => void;
}

async function load({ file, options: { port, host }, json }: Extract<DevOrder, { type: "load" }>): Promise<Version> {
  const workplace = await openWorkplace(file, { port, host, ...(json ? { logFormat: "json" } : {}) });
  return { workplace, terminal: createTerminal() };
}

async function obey(order: Exclude<DevOrder, { type: "load" | "connection" }>, version: Version): Promise<void> {
  const { workplace, terminal } = version;
  switch (order.type) {
    case "plan":
      return send({ type: "planned", plan: await plan(order.answers, workplace) });
    case "migrate":
      return send({ type: "migrated", applied: await migrate(order.migration, version) });
    case "serve": {
      const { origin, brief, firstAdmin } = order;
      const shutdownTimeout = Math.min(workplace.config.shutdownTimeout, PATIENCE_MILLISECONDS);
      // Where a free port was asked for, it is known now.
      const config = { ...workplace.config, port: Number(new URL(origin).port), shutdownTimeout };
      const door = { origin, onConnection: (take: (socket: Socket) => void) => void (version.take = take) };
      const serving = await serve({ ...workplace, config }, terminal, { development: true, door, brief, firstAdmin });
      version.platform = serving.platform;
      return send({ type: "serving", url: serving.platform.url ?? "", firstAdmin: serving.firstAdmin });
    }
  }
}

/** Looks at the database beside the version that serves. */
async function plan(answers: Answers, workplace: Workplace): Promise<Plan | undefined> {
  const path = databasePath(workplace.dataDirectory);
  if (!existsSync(path)) return undefined;
  const reader = openToRead(path, findServer(workplace) !== undefined);
  try {
    return await planMigration(reader.connection, workplace.backend.model, answers);
  } finally {
    reader.close();
  }
}

/** On the database that it serves; before it serves, on the file. What fails half-way is taken back. */
async function migrate(migration: NamedMigration, { workplace: { dataDirectory, config }, platform }: Version): Promise<Applied> {
  if (platform !== undefined) return applyOrUndo(platform.database, migration);
  const database = await openSqlite({ path: databasePath(dataDirectory), durability: config.durability });
  try {
    return await applyOrUndo(database, migration);
  } finally {
    await database.close();
  }
}

async function applyOrUndo(database: SqliteDatabase, migration: NamedMigration): Promise<Applied> {
  try {
    return await applyMigration(database, migration);
  } catch (error) {
    await rollbackMigration(database).catch(() => {});
    throw error;
  }
}
