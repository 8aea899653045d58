import { createReadStream } from "node:fs";
import { readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkDatabaseFile } from "../../sqlite/file/check-file.ts";
import { copyDatabase } from "../../sqlite/file/copy-database.ts";
import { packArchive, unpackArchive } from "../container/archive.ts";
import { BackupError } from "../backup-error.ts";
import type { KeyRing } from "../container/backup-key.ts";
import { readContainer } from "../container/container-reader.ts";
import { writeContainer } from "../container/container-writer.ts";
import { type ArchivedFile, type BackupManifest, databaseFile, type LogPlace } from "../container/manifest.ts";
import { isSqliteFailure, openingError, resultCode } from "../../sqlite/errors.ts";

/** How long it rests, in parts of the time that it works: found by measuring, with 64 writers on two cores. */
const RESTS = { copying: 3, packing: 1.5 } as const;

/** A file or folder of the data directory that belongs to a backup. */
export interface ExtraFile {
  /** Within the data directory. It need not exist. */
  readonly path: string;
  /** Goes only into an encrypted backup. */
  readonly isSecret: boolean;
}

export interface MakeBackupOptions {
  readonly dataDirectory: string;
  readonly databasePath: string;
  readonly extraFiles: readonly ExtraFile[];
  /** The backup, a new file. */
  readonly target: string;
  /** An uncompressed copy of the database lies here meanwhile. */
  readonly copyPath: string;
  readonly keys: KeyRing | undefined;
  /** Takes twice as long and leaves the machine to those who are served. */
  readonly isGentle: boolean;
  readonly now: () => number;
  /** Called when the moment is fixed; gives the backup's place in the log. */
  readonly onSnapshot?: () => Promise<LogPlace | null>;
  readonly onProgress?: (what: BackupStep, part: number) => void;
  readonly signal?: AbortSignal;
}

export type BackupStep = "copying" | "checking" | "packing" | "verifying";

export interface MadeBackup {
  readonly manifest: BackupManifest;
  readonly bytes: number;
}

/**
 * Makes one backup file and proves it good: the copy is opened and checked in full, its rows are counted and compared with those of the
 * snapshot, and then the finished file is unpacked and compared with that copy byte for byte. For a thread. Leaves nothing behind on failure.
 */
export async function makeBackup(options: MakeBackupOptions): Promise<MadeBackup> {
  const { databasePath, copyPath, target, keys, signal, onProgress } = options;
  let moment = 0;
  let log: LogPlace | null = null;
  let isOpen = false;
  try {
    const copy = await copyDatabase({
      source: databasePath,
      target: copyPath,
      rest: options.isGentle ? RESTS.copying : 0,
      ...(signal === undefined ? {} : { signal }),
      onProgress: (part) => onProgress?.("copying", part),
      async onSnapshot({ bytes }) {
        isOpen = true;
        moment = options.now();
        log = (await options.onSnapshot?.()) ?? null;
        await assertRoom(copyPath, bytes);
      },
    }).catch((error: unknown) => {
      throw failedCopy(options, { thrown: error, isOpen });
    });
    onProgress?.("checking", 0);
    const { problems, facts } = checkDatabaseFile(copyPath);
    if (problems.length > 0 || facts === undefined) throw damagedSource(databasePath, problems);
    for (const [table, rows] of Object.entries(copy.rows))
      if (facts.rows[table] !== rows)
        throw new BackupError(
          `The copy has ${facts.rows[table] ?? 0} rows of '${table}', and the database had ${rows}: no backup was made.`,
        );
    signal?.throwIfAborted();

    const { files, leftOut } = await listFiles(options);
    const { size } = await stat(copyPath);
    const manifest: BackupManifest = {
      moment: new Date(moment).toISOString(),
      database: { pageSize: copy.pageSize, pages: copy.pages, rows: copy.rows, schema: facts.schema },
      files: [{ path: databaseFile, size, mode: 0o600 }, ...files],
      leftOut,
      log,
    };
    onProgress?.("packing", 0);
    const locate = ({ path }: ArchivedFile): string => (path === databaseFile ? copyPath : join(options.dataDirectory, path));
    let packed = 0;
    const total = manifest.files.reduce((sum, file) => sum + file.size, 1);
    const content = counted(packArchive(manifest, locate), (length) => {
      packed += length;
      onProgress?.("packing", packed / total);
    });
    const created = new Date(moment);
    const bytes = await writeContainer(rested(content, options.isGentle ? RESTS.packing : 0), {
      path: target,
      kind: "backup",
      created,
      keys,
      ...(signal && { signal }),
    });
    onProgress?.("verifying", 0);
    const container = await readContainer(
      createReadStream(target, { highWaterMark: 1_048_576, ...(signal && { signal }) }),
      keys,
    );
    await unpackArchive(container.content);
    return { manifest, bytes };
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  } finally {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) await rm(`${copyPath}${suffix}`, { force: true });
  }
}

/** Rests after each piece that was taken, in parts of the time that it took whoever took it. */
async function* rested(content: AsyncIterable<Uint8Array>, rest: number): AsyncGenerator<Uint8Array> {
  let began = performance.now();
  for await (const bytes of content) {
    yield bytes;
    if (rest > 0) await pause((performance.now() - began) * rest);
    began = performance.now();
  }
}

async function* counted(content: AsyncIterable<Uint8Array>, onBytes: (length: number) => void): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    yield bytes;
    onBytes(bytes.length);
  }
}

/** The copy, and a backup of it that may not compress at all, if both lie here. */
async function assertRoom(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(join(path, ".."));
  const needed = bytes * 1.5;
  if (bavail * bsize >= needed) return;
  throw new BackupError(
    `A backup needs ${megabytes(needed)} beside ${path} for a while, and there are ${megabytes(bavail * bsize)}: no backup was made.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`;
}

/** What SQLite says of the file that it reads, whenever it does. */
const ofSource: ReadonlySet<number> = new Set([resultCode.corrupt, resultCode.notADatabase]);

/** In words, and of which of the two files: what SQLite says names neither, and would reach nobody but as a defect. */
function failedCopy(
  { databasePath, copyPath }: MakeBackupOptions,
  { thrown, isOpen }: { readonly thrown: unknown; readonly isOpen: boolean },
): unknown {
  if (!isSqliteFailure(thrown)) return thrown;
  if (!isOpen || ofSource.has(thrown.errcode & 0xff)) {
    const { message } = openingError(databasePath, thrown) as Error;
    return new BackupError(`No backup was made. ${message}`, { cause: thrown });
  }
  return new BackupError(`No backup was made: the copy at ${copyPath} could not be written (${thrown.message}).`, {
    cause: thrown,
  });
}

function damagedSource(path: string, problems: readonly string[]): BackupError {
  const list = problems.slice(0, 10).map((line) => `  - ${line}`);
  return new BackupError(
    [
      `The database ${path} is damaged, and no backup was made of it:`,
      ...list,
      "The backups that are there are left alone. Ask `chassis doctor`, or restore the newest one.",
    ].join("\n"),
  );
}

async function listFiles({
  dataDirectory,
  extraFiles,
  keys,
}: MakeBackupOptions): Promise<{ readonly files: readonly ArchivedFile[]; readonly leftOut: readonly string[] }> {
  const files: ArchivedFile[] = [];
  const leftOut: string[] = [];
  const add = async (path: string, isSecret: boolean): Promise<void> => {
    const found = await stat(join(dataDirectory, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (found === undefined) return;
    if (found.isDirectory()) {
      for (const name of (await readdir(join(dataDirectory, path))).sort()) await add(`${path}/${name}`, isSecret);
    } else if (isSecret && keys === undefined) leftOut.push(path);
    else if (found.isFile()) files.push({ path, size: found.size, mode: found.mode & 0o777 });
  };
  for (const { path, isSecret } of extraFiles) await add(path, isSecret);
  return { files, leftOut };
}
