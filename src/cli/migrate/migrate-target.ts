import { setTimeout as delay } from "node:timers/promises";
import { loadTokenSecret } from "#application";
import { type Applied, type Hidden, openSqlite, type Progress } from "#database";
import { tokenKey } from "#platform";
import { type ImportOrder, type MaintenanceOrder, runOrder } from "#server";
import { maintenanceOf } from "../backend/ask-server.ts";
import { CommandError } from "../command-line/command-error.ts";
import type { MigrationPlace } from "./migrate-workplace.ts";
import { findServer } from "../backend/workplace.ts";

/** What carries out an order: the server that has the database, or this process where none has. */
export interface MigrationTarget {
  /** Where the server answers; undefined without one. */
  readonly url: string | undefined;
  run(order: Exclude<MaintenanceOrder, ImportOrder>, report: (progress: Progress) => void): Promise<Applied | readonly Hidden[]>;
  close(): Promise<void>;
}

export async function openTarget(place: MigrationPlace): Promise<MigrationTarget> {
  const server = findServer(place);
  if (server === undefined) return openHere(place);
  if (server.url === undefined)
    throw new CommandError(`The server (process ${server.pid}) is only starting. Try again in a moment.`);
  return askServer(server.url, tokenKey(await loadTokenSecret(place.dataDirectory)));
}

async function openHere({ path, config }: MigrationPlace): Promise<MigrationTarget> {
  const database = await openSqlite({ path, durability: config.durability });
  // An interrupt from the keyboard ends the batch under way and no more: what is done stays.
  const interrupt = new AbortController();
  const onSignal = (): void =>
    interrupt.abort(
      new CommandError("Stopped. What is done stays; `chassis migrate apply` goes on, `chassis migrate rollback` goes back."),
    );
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  return {
    url: undefined,
    run: (order, report) => runOrder(order, { database, signal: interrupt.signal, report }),
    async close() {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
      await database.close();
    },
  };
}

const POLL = 200;

function askServer(url: string, secret: Uint8Array): MigrationTarget {
  const ask = maintenanceOf(url, secret);
  return {
    url,
    async run(order, report) {
      for (let state = await ask(order); ; state = await ask(undefined)) {
        if (state.state === "failed") throw new CommandError(state.message);
        if (state.state === "done") return state.result as Applied | readonly Hidden[];
        if (state.state === "idle")
          throw new CommandError(
            `The server at ${url} was started anew meanwhile. \`chassis migrate status\` says how far it came.`,
          );
        if (state.progress !== undefined) report(state.progress);
        await delay(POLL);
      }
    },
    close: async () => {},
  };
}
