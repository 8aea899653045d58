import { existsSync } from "node:fs";
import { createDbOpener, createRecordStore, createTokens, loadSecrets, loadTokenSecret, steadyTime } from "#application";
import { createIdSource, systemClock } from "#base";
import { createClient } from "#client";
import type { Actor } from "#contract";
import { type LockHolder, openToRead, sqliteDialect } from "#database";
import { databasePath, secretFieldKeys, tokenKey } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import { readOnly } from "../backend/read-only.ts";
import type { Workplace } from "../backend/workplace.ts";
import type { AnyClient, Ground } from "./ground.ts";
import { writeThrough } from "./write-through.ts";

const HOUR = 3_600_000;

export interface ReadingOptions {
  /** Who has the database; undefined where nobody does. */
  readonly server: LockHolder | undefined;
  /** Nothing is written through the server either. */
  readonly isReadOnly: boolean;
}

/** The database as it can be read beside whoever has it. What somebody writes goes through the server, by requests of theirs; the system writes nothing. */
export async function openReadingGround(workplace: Workplace, { server, isReadOnly }: ReadingOptions): Promise<Ground> {
  const { backend, dataDirectory } = workplace;
  const { model, rules } = backend;
  const path = databasePath(dataDirectory);
  if (!existsSync(path)) throw new CommandError(`There is no database in ${dataDirectory} yet: the first start makes it.`);
  if (server !== undefined && server.url === undefined)
    throw new CommandError(`The server (process ${server.pid}) is only starting. Try again in a moment.`);
  const url = server?.url;
  const refusal = isReadOnly
    ? "Nothing is written: the prompt was begun with --read-only."
    : `The server at ${url} (process ${server?.pid}) has this database, and it alone writes. As somebody you write through it: as("their id").db; past the rules by a function, or when the server has stopped.`;
  const database = openToRead(path, server !== undefined);
  try {
    const source = {
      model,
      clock: systemClock,
      ids: createIdSource(systemClock),
      secretKeys: secretFieldKeys(await loadSecrets(dataDirectory)),
    };
    const connection = {
      ...readOnly(database.connection),
      transaction: () => Promise.reject(new CommandError(refusal)),
    };
    const records = createRecordStore({ ...source, database: connection, dialect: sqliteDialect, rules });
    const dbs = createDbOpener(source);
    const scope = { records, connection, writes: false };
    const issue = url === undefined ? undefined : await openIssuer(dataDirectory);
    const clientOf = (actor: Actor | null): AnyClient => {
      const options = { token: async () => (actor === null ? undefined : issue?.(actor)) };
      if (url !== undefined && !isReadOnly) return createClient(url, options);
      return createClient(url ?? "http://localhost", {
        ...options,
        retries: 0,
        fetch: (request) => {
          if (url === undefined)
            throw new CommandError("With --read-only `api` and `fn` need a server that runs, and none does.");
          if (request.method !== "GET")
            throw new CommandError(`${refusal} Queries can be asked by GET: api.fn.name(input, { method: "GET" }).`);
          return globalThis.fetch(request);
        },
      });
    };
    return {
      lines: linesOf(server, isReadOnly),
      system: dbs.openSystem(scope),
      somebody(actor) {
        const api = clientOf(actor);
        const db = dbs.open(scope, actor);
        return { api, fn: api.fn, db: isReadOnly ? db : writeThrough(db, api, model.tables.keys()) };
      },
      close: async () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function linesOf(server: LockHolder | undefined, isReadOnly: boolean): readonly string[] {
  if (server === undefined) return ["No server has this database. Nothing is written (--read-only)."];
  return [
    `The server at ${server.url} (process ${server.pid}) has this database: what you read comes from its file.`,
    isReadOnly
      ? "Nothing is written (--read-only)."
      : "What you write as somebody goes through the server, under the rules; as the system nothing is written.",
  ];
}

/** Tokens by the key of the data directory: the server takes them for its own. */
async function openIssuer(dataDirectory: string): Promise<(actor: Actor) => Promise<string>> {
  const clock = await steadyTime(dataDirectory, systemClock);
  const tokens = createTokens({
    secret: tokenKey(await loadTokenSecret(dataDirectory)),
    revocations: { has: () => false, revoke: () => Promise.reject(new Error("Nothing is revoked here.")) },
    clock,
    ids: createIdSource(clock),
  });
  return async (actor) => (await tokens.issue({ actor, lifetime: HOUR })).token;
}
