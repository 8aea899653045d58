import { createWriteStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type ImportOutcome, type ImportRow, type ImportRules, loadTokenSecret } from "#application";
import { createIdSource, systemClock } from "#base";
import type { LockHolder } from "#database";
import { tokenKey } from "#platform";
import { isSpool, spoolLine, spoolName } from "#server";
import { maintenanceOf } from "../backend/ask-server.ts";
import { CommandError } from "../command-line/command-error.ts";
import { type ImportingTools, interrupted } from "./import-here.ts";

const POLL = 100;
const PIECE = 262_144;

/**
 * Has the rows written by the server that has the database, and goes on serving: they are laid into the data directory, which both can
 * reach, so that its transaction waits for nobody's disk or pipe. Once it has begun, it ends whether somebody waits for it or not.
 */
export async function importAtServer(
  rows: AsyncIterable<ImportRow>,
  rules: ImportRules,
  { workplace: { dataDirectory }, server, signal, onProgress }: ImportingTools & { readonly server: LockHolder },
): Promise<ImportOutcome> {
  const { pid, url } = server;
  if (url === undefined) throw new CommandError(`The server (process ${pid}) is only starting. Try again in a moment.`);
  await removeLeftovers(dataDirectory);
  const spool = spoolName(createIdSource(systemClock).uuid());
  const path = join(dataDirectory, spool);
  try {
    const count = { rows: 0 };
    await pipeline(
      Readable.from(piecesOf(rows, count, onProgress)),
      createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }),
      { signal },
    ).catch((error: unknown) => {
      throw signal.aborted ? interrupted(rules, error) : describeSpooling(error, dataDirectory);
    });
    const ask = maintenanceOf(url, tokenKey(await loadTokenSecret(dataDirectory)));
    for (let state = await ask({ type: "import", spool, rows: count.rows, rules }); ; state = await ask(undefined)) {
      if (state.state === "failed") throw new CommandError(state.message);
      if (state.state === "done") return state.result as ImportOutcome;
      if (state.state === "idle")
        throw new CommandError(`The server at ${url} was started anew meanwhile. Look whether the rows are there.`);
      if (state.progress?.rows !== undefined) onProgress(state.progress.rows.done);
      if (signal.aborted) throw new CommandError(`Interrupted: the server at ${url} has the rows, and goes on writing them.`);
      await delay(POLL);
    }
  } finally {
    await rm(path, { force: true });
  }
}

async function* piecesOf(
  rows: AsyncIterable<ImportRow>,
  count: { rows: number },
  onProgress: (rows: number) => void,
): AsyncGenerator<string> {
  let piece = "";
  for await (const row of rows) {
    piece += spoolLine(row);
    count.rows += 1;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
    onProgress(count.rows);
  }
  yield piece;
}

/** Of commands that were killed before the server took the rows. */
async function removeLeftovers(dataDirectory: string): Promise<void> {
  for (const name of await readdir(dataDirectory)) {
    if (!isSpool(name)) continue;
    const path = join(dataDirectory, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > 86_400_000) await rm(path, { force: true });
  }
}

function describeSpooling(error: unknown, dataDirectory: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new CommandError(
      `The disk of ${dataDirectory} is full: the rows pass through it on their way to the server. Nothing was written.`,
      { cause: error },
    );
  if (code === "EACCES" || code === "EROFS" || code === "EPERM")
    return new CommandError(
      `This user may not write into ${dataDirectory}, through which the rows pass to the server. Run it as the user of the server.`,
      { cause: error },
    );
  return error;
}
