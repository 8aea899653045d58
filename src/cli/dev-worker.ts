import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
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
import { describeFailure } from "./failure.ts";
import type { AddressOptions } from "./start.ts";
import { serve } from "./serve.ts";
import { createTerminal } from "./terminal.ts";
import { findServer, openWorkplace, type Workplace } from "./workplace.ts";

// One version of a back end, in a process of its own: see dev.ts.
const [, , file = ".", options = "{}"] = process.argv;
const { port, host } = JSON.parse(options) as AddressOptions;

const files = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith("file:") && !url.includes("/node_modules/")) files.add(fileURLToPath(url));
    return nextLoad(url, context);
  },
});

const send = (message: DevMessage): void => void process.send?.(message);
let platform: Platform | undefined;

process.on("disconnect", () => process.exit(1));
// Until it serves, nothing needs an orderly end; then the guards of `serve` take over.
const endAtOnce = (): never => process.exit(0);
process.on("SIGTERM", endAtOnce);
// An interrupt from the keyboard reaches the whole group: the supervisor decides.
process.on("SIGINT", () => {});

async function obey(order: DevOrder, workplace: Workplace): Promise<void> {
  try {
    switch (order.type) {
      case "plan":
        return send({ type: "planned", plan: await plan(order.answers, workplace) });
      case "migrate":
        return send({ type: "migrated", applied: await migrate(order.migration, workplace) });
      case "serve":
        process.off("SIGTERM", endAtOnce);
        platform = await serve(workplace, createTerminal(), { development: true });
        return send({ type: "serving", url: platform.url ?? "" });
    }
  } catch (error) {
    send({ type: "failed", files: [...files], message: describeFailure(error) });
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
async function migrate(migration: NamedMigration, { dataDirectory, config }: Workplace): Promise<Applied> {
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

try {
  const workplace = await openWorkplace(file, { port, host });
  process.on("message", (order: DevOrder) => void obey(order, workplace));
  send({ type: "loaded", files: [...files] });
} catch (error) {
  send({ type: "failed", files: [...files], message: describeFailure(error) });
}
