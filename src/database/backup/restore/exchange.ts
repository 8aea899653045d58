import { existsSync, realpathSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BackupError } from "../backup-error.ts";
import { databaseFile } from "../container/manifest.ts";
import { timeStamp } from "../names.ts";
import { syncFolder } from "../store/sync-folder.ts";

/** What is about to take the place of a data directory's files lies here, in the directory itself: renaming is then all there is to do. */
export function stageFolder(dataDirectory: string): string {
  return join(dataDirectory, ".restore");
}

/** The files that are staged, beside the journal. */
function stagedFiles(dataDirectory: string): string {
  return join(stageFolder(dataDirectory), "files");
}

/** Written last, when everything staged was checked and lies on the disk: from then on the exchange is carried through, by whoever comes. */
interface Journal {
  /** Put behind the names of what was there before. */
  readonly suffix: string;
  /** Within the data directory. The database is one of them. */
  readonly files: readonly string[];
}

export interface ExchangeHooks {
  /** Heard after each step, for tests that end the process there. */
  readonly onStep?: (step: string) => Promise<void> | void;
}

const journalName = "journal.json";

/** An empty folder to stage in. One that an interrupted restore left before it changed anything is cleared. */
export async function beginStage(dataDirectory: string): Promise<string> {
  assertOwnFile(dataDirectory);
  await rm(stageFolder(dataDirectory), { recursive: true, force: true });
  const folder = stagedFiles(dataDirectory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export async function discardStage(dataDirectory: string): Promise<void> {
  await rm(stageFolder(dataDirectory), { recursive: true, force: true });
}

/** Renaming a link would leave what it leads to where it is. */
function assertOwnFile(dataDirectory: string): void {
  const path = join(dataDirectory, databaseFile);
  if (!existsSync(path) || realpathSync(path) === join(realpathSync(dataDirectory), databaseFile)) return;
  throw new BackupError(
    `${path} is a link to ${realpathSync(path)}. Restore into that folder with --to, or replace the link by the file.`,
  );
}

/**
 * Puts the staged files in the place of those that are there, which are kept beside under a name that ends in `.before-restore-<time>`, the
 * database with its write-ahead log. Nobody may have the database open. The caller has checked what is staged, and holds the lock.
 *
 * Killed at any point, the old files or the new ones are whole there, and `finishExchange` carries it through.
 */
export async function exchange(dataDirectory: string, now: number, hooks: ExchangeHooks = {}): Promise<readonly string[]> {
  const files = await filesIn(stagedFiles(dataDirectory), "");
  if (!files.includes(databaseFile)) throw new Error("Nothing is staged.");
  const journal: Journal = { suffix: `.before-restore-${timeStamp(now)}`, files };
  await syncTree(stagedFiles(dataDirectory));
  const path = join(stageFolder(dataDirectory), journalName);
  const file = await open(`${path}.partial`, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(journal));
    await file.sync();
  } finally {
    await file.close();
  }
  await hooks.onStep?.("staged");
  await rename(`${path}.partial`, path);
  await syncFolder(stageFolder(dataDirectory));
  await syncFolder(dataDirectory);
  await hooks.onStep?.("journal written");
  return carryThrough(dataDirectory, journal, hooks);
}

/** Whether what is staged must be carried through. */
export function isCommitted(dataDirectory: string): boolean {
  return existsSync(join(stageFolder(dataDirectory), journalName));
}

/** What a restore that was interrupted left behind. */
export type Interrupted =
  /** It had not changed anything: the old data is there. What it had prepared was deleted. */
  | { readonly outcome: "undone" }
  /** It had begun to exchange: that was carried through, and the restored data is there. */
  | { readonly outcome: "finished"; readonly kept: readonly string[] };

/** To be called before a data directory is used, by somebody who holds its lock. Undefined where no restore was interrupted. */
export async function finishExchange(dataDirectory: string, hooks: ExchangeHooks = {}): Promise<Interrupted | undefined> {
  if (!existsSync(stageFolder(dataDirectory))) return undefined;
  const text = await readFile(join(stageFolder(dataDirectory), journalName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) {
    await discardStage(dataDirectory);
    return { outcome: "undone" };
  }
  return { outcome: "finished", kept: await carryThrough(dataDirectory, JSON.parse(text) as Journal, hooks) };
}

/** Every step can be repeated: a staged file that is gone was put in its place before. */
async function carryThrough(
  dataDirectory: string,
  { suffix, files }: Journal,
  { onStep }: ExchangeHooks,
): Promise<readonly string[]> {
  const staged = stagedFiles(dataDirectory);
  const place = (name: string): string => join(dataDirectory, name);
  const move = async (from: string, to: string): Promise<void> => {
    if (existsSync(from)) await rename(from, to);
  };
  // The log first, and with the database: a new database beside an old log would be taken for one with that log. What is between the
  // two renames is no whole database, and nobody opens it, for everybody who comes carries this through first.
  if (existsSync(join(staged, databaseFile))) {
    await move(place(`${databaseFile}-wal`), place(`${databaseFile}${suffix}-wal`));
    await onStep?.("old log set aside");
    await rm(place(`${databaseFile}-shm`), { force: true });
    await move(place(databaseFile), place(`${databaseFile}${suffix}`));
    await syncFolder(dataDirectory);
    await onStep?.("old database set aside");
    await rename(join(staged, databaseFile), place(databaseFile));
    await syncFolder(dataDirectory);
    await onStep?.("database in place");
  }
  for (const name of files) {
    if (name === databaseFile || !existsSync(join(staged, name))) continue;
    await mkdir(dirname(place(name)), { recursive: true, mode: 0o700 });
    await move(place(name), place(`${name}${suffix}`));
    await rename(join(staged, name), place(name));
    await onStep?.("another file in place");
  }
  await syncTree(dataDirectory, files);
  await rm(join(stageFolder(dataDirectory), journalName), { force: true });
  await onStep?.("journal removed");
  await discardStage(dataDirectory);
  const kept = files.map((name) => `${name}${suffix}`).concat(`${databaseFile}${suffix}-wal`);
  return kept.filter((name) => existsSync(place(name)));
}

async function filesIn(folder: string, prefix: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) found.push(...(await filesIn(join(folder, entry.name), `${prefix}${entry.name}/`)));
    else found.push(`${prefix}${entry.name}`);
  }
  return found.sort();
}

async function syncTree(folder: string, files?: readonly string[]): Promise<void> {
  const folders = new Set((files ?? (await filesIn(folder, ""))).map((name) => dirname(join(folder, name))));
  for (const each of folders.add(folder)) await syncFolder(each);
}
