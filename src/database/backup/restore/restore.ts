import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base";
import { checkDatabaseFile, readFileSchema } from "../../sqlite/file/check-file.ts";
import { lockFile } from "../../sqlite/file/lock.ts";
import type { SchemaObject } from "../../sqlite/definition/schema-object.ts";
import { applyLog, lastStepOf } from "../log/apply-log.ts";
import { BackupError, DamagedBackupError } from "../backup-error.ts";
import type { KeyRing } from "../container/backup-key.ts";
import { readContainer } from "../container/container-reader.ts";
import {
  beginStage,
  discardStage,
  exchange,
  type ExchangeHooks,
  finishExchange,
  type Interrupted,
  isCommitted,
  stageFolder,
} from "./exchange.ts";
import { type OpenedPiece, unpackPiece } from "../log/log-piece.ts";
import { type BackupManifest, databaseFile } from "../container/manifest.ts";
import type { NamedPiece } from "../names.ts";
import type { RestorePlan } from "./plan-restore.ts";
import type { BackupStore } from "../store/store.ts";
import { unpackBackup } from "./verify-backup.ts";

/** What is restored: one backup as it is, or a backup and what was logged after it up to a moment. */
export type RestoreSource =
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "stored"; readonly store: BackupStore; readonly name: string }
  | { readonly type: "moment"; readonly store: BackupStore; readonly plan: RestorePlan; readonly until: number };

export interface RestoreOptions {
  readonly source: RestoreSource;
  /** Made where it is not there. */
  readonly dataDirectory: string;
  readonly keys: KeyRing | undefined;
  readonly clock: Clock;
  readonly onProgress?: (what: string) => void;
  readonly hooks?: ExchangeHooks;
}

export interface Staged {
  readonly manifest: BackupManifest;
  /** The moment that the restored database is as of: milliseconds since 1970. */
  readonly moment: number;
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** What stands in it. */
  readonly schema: readonly SchemaObject[];
  /** Whether a database is there that is set aside. */
  readonly replaces: boolean;
  /** Of an earlier restore into the same folder. */
  readonly interrupted: Interrupted | undefined;
}

/**
 * Prepares a restore in full, shows it to `confirm`, and carries it out where that says so. Until then nothing of the data directory is touched, and
 * everything was checked: the container, every digest, every piece of the log, the database by opening it.
 *
 * Gives the names of the old files that were kept; undefined where it was not confirmed.
 *
 * @throws DatabaseRefusedError where a server runs on the database, BackupError, DamagedBackupError.
 */
export async function restore(
  options: RestoreOptions,
  confirm: (staged: Staged) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  const { dataDirectory, clock } = options;
  const made = await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const databasePath = join(dataDirectory, databaseFile);
  const lock = lockFile(databasePath, clock);
  try {
    const interrupted = await finishExchange(dataDirectory);
    try {
      const folder = await beginStage(dataDirectory);
      const staged = await stage(options, folder);
      const goOn = await confirm({ ...staged, replaces: existsSync(databasePath), interrupted });
      if (!goOn) return undefined;
      return await exchange(dataDirectory, clock.now(), options.hooks);
    } finally {
      // After the journal is written nothing is left here, or what is left must stay.
      if (!isCommitted(dataDirectory)) await discardStage(dataDirectory);
    }
  } finally {
    lock.release();
    if (made !== undefined) await removeUnused(dataDirectory);
  }
}

/** A folder that was made for a restore that did not come to be: it has nothing but the lock. */
async function removeUnused(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.every((name) => name.startsWith(`${databaseFile}-lock`))) await rm(folder, { recursive: true });
}

async function stage(
  { source, dataDirectory, keys, onProgress }: RestoreOptions,
  folder: string,
): Promise<Pick<Staged, "manifest" | "moment" | "rows" | "schema">> {
  const bytes = await open(source);
  onProgress?.("Unpacking and checking the backup ...");
  const { manifest } = await unpackBackup(bytes, {
    folder,
    keys,
    onManifest: (found) =>
      assertRoom(
        dataDirectory,
        found.files.reduce((sum, { size }) => sum + size, 0),
      ),
  });
  const path = join(folder, databaseFile);
  let moment = Date.parse(manifest.moment);
  if (source.type === "moment" && source.plan.pieces.length > 0) {
    onProgress?.(`Applying ${source.plan.pieces.length} pieces of the log ...`);
    const applied = await applyPieces(path, { source, manifest, keys });
    if (applied !== undefined) moment = Math.max(moment, applied);
    onProgress?.("Checking the database ...");
  }
  const { problems, facts } = checkDatabaseFile(path);
  if (problems.length > 0 || facts === undefined) {
    throw new DamagedBackupError(
      `The restored database is damaged:\n${problems
        .slice(0, 10)
        .map((line) => `  - ${line}`)
        .join("\n")}`,
    );
  }
  return { manifest, moment, rows: facts.rows, schema: await readFileSchema(path) };
}

async function open(source: RestoreSource): Promise<AsyncIterable<Uint8Array>> {
  if (source.type === "file") {
    if (!existsSync(source.path)) throw new BackupError(`There is no ${source.path}.`);
    return createReadStream(source.path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>;
  }
  return source.store.read(source.type === "stored" ? source.name : source.plan.backup.name);
}

/** The time of the last step; undefined where the backup itself is as close as it comes. */
async function applyPieces(
  path: string,
  {
    source: { store, plan, until },
    manifest: { log },
    keys,
  }: {
    readonly source: Extract<RestoreSource, { type: "moment" }>;
    readonly manifest: BackupManifest;
    readonly keys: KeyRing | undefined;
  },
): Promise<number | undefined> {
  if (log === null) return undefined;
  const openPiece = async (piece: NamedPiece): Promise<OpenedPiece> => {
    try {
      const opened = await unpackPiece((await readContainer(await store.read(piece.name), keys)).content);
      const { series, from, to } = opened.manifest;
      if (series !== piece.series || from !== piece.from || to !== piece.to)
        throw new DamagedBackupError("It is another piece than its name says.");
      return opened;
    } catch (error) {
      if (error instanceof BackupError) throw new DamagedBackupError(`${piece.name}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  // The copy was taken while steps went on. Whoever applies some of them must apply them all, or none.
  const { wholeThrough } = plan;
  const partial = plan.pieces.at(-1);
  if (wholeThrough < log.through - 1 && partial !== undefined) {
    const last = lastStepOf((await openPiece(partial)).manifest, { wholeThrough, until });
    if ((last?.number ?? 0) < log.through - 1) return undefined;
  }
  const pieces = async function* (): AsyncGenerator<OpenedPiece> {
    for (const piece of plan.pieces) yield await openPiece(piece);
  };
  return (await applyLog(path, pieces(), { from: log.from, wholeThrough, until }))?.time;
}

async function assertRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes * 1.05 + 16 * 1_048_576) return;
  const [needed, there] = [bytes * 1.05 + 16 * 1_048_576, bavail * bsize].map((each) => `${Math.ceil(each / 1_048_576)} MiB`);
  throw new BackupError(`${folder} needs ${needed} for the restored files, and there are ${there}. Nothing was changed.`);
}

/**
 * Carries a restore through that was interrupted, or clears what it had only prepared: to be called before a data directory is opened. Gives what
 * it found; undefined where there was nothing.
 *
 * @throws DatabaseRefusedError where one is under way.
 */
export async function settleRestore(dataDirectory: string, clock: Clock): Promise<Interrupted | undefined> {
  if (!existsSync(stageFolder(dataDirectory))) return undefined;
  const lock = lockFile(join(dataDirectory, databaseFile), clock);
  try {
    return await finishExchange(dataDirectory);
  } finally {
    lock.release();
  }
}
