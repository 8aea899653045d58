import { createWriteStream, existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CommandError } from "../command-line/command-error.ts";

export interface WritingOptions {
  /** Ends it: then nothing is there, or what was there before. */
  readonly signal: AbortSignal;
  /** What is there may be replaced. */
  readonly force: boolean;
}

/** Text in pieces of some size, for each piece is a call of the system. */
export type Pieces = Iterable<string>;

/** A file under its name whole or not at all: it is written beside it, synced and renamed. Packed where its name ends in .gz. Others cannot read it. */
export async function writeWholeFile(path: string, pieces: Pieces, { signal, force }: WritingOptions): Promise<void> {
  const target = targetOf(path);
  if (isDevice(target)) return writeToDevice(target, pieces, signal);
  refuseTaken(target, force);
  const part = partOf(target);
  try {
    await writePart(part, pieces, { path: target, signal });
    refuseTaken(target, force);
    renameSync(part, target);
    await syncFolder(dirname(target));
  } catch (error) {
    rmSync(part, { force: true });
    throw describeWriting(error, path);
  }
}

async function writeToDevice(path: string, pieces: Pieces, signal: AbortSignal): Promise<void> {
  try {
    await writePieces(pieces, createWriteStream(path, { flags: "w" }), { path, signal });
  } catch (error) {
    throw describeWriting(error, path);
  }
}

/** A folder likewise: `fill` gets a folder that has no name yet, and what it has written is there once it resolves. */
export async function writeWholeFolder(
  path: string,
  fill: (folder: string) => Promise<void>,
  { force, mayReplace }: Pick<WritingOptions, "force"> & { readonly mayReplace: (folder: string) => boolean },
): Promise<void> {
  const target = targetOf(path);
  const isThere = existsSync(target);
  if (isThere && !statSync(target).isDirectory()) throw new CommandError(`${path} is a file, and several tables need a folder.`);
  if (isThere && !force) throw new CommandError(`There is a folder ${path} already. Name another, or replace it with --force.`);
  if (isThere && !mayReplace(target))
    throw new CommandError(`${path} has other files than an export, which --force would remove. Name another folder.`);
  const part = partOf(target);
  const before = `${part}.before`;
  try {
    mkdirSync(part, { mode: 0o700 });
    await fill(part);
    await syncFolder(part);
    if (isThere) renameSync(target, before);
    try {
      renameSync(part, target);
    } catch (error) {
      if (isThere) renameSync(before, target);
      throw error;
    }
    rmSync(before, { recursive: true, force: true });
    await syncFolder(dirname(target));
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw describeWriting(error, path);
  }
}

/** A file of a folder that is no one's yet. */
export async function writePart(
  path: string,
  pieces: Pieces,
  options: { readonly path?: string; readonly signal: AbortSignal },
): Promise<void> {
  // Synced when it is closed; never over something that somebody else put there.
  const file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
  await writePieces(pieces, file, { path: options.path ?? path, signal: options.signal });
}

async function writePieces(
  pieces: Pieces,
  file: Writable,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<void> {
  const source = Readable.from(pieces);
  if (path.endsWith(".gz")) await pipeline(source, createGzip(), file, { signal });
  else await pipeline(source, file, { signal });
}

/** To whoever reads the standard output, at their pace. Throws where they go away before the end. */
export async function writeToReader(pieces: Pieces, output: Writable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), output, { signal, end: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ERR_STREAM_PREMATURE_CLOSE")
      throw new CommandError("Whoever read the output went away: it is not whole.", { cause: error });
    throw describeWriting(error, "the standard output");
  }
}

function targetOf(path: string): string {
  const absolute = resolve(path);
  return existsSync(absolute) ? realpathSync(absolute) : absolute;
}

/** Such as /dev/stdout, or a named pipe: there is nothing to be replaced. */
function isDevice(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

function refuseTaken(path: string, force: boolean): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory()) throw new CommandError(`${path} is a folder. Name a file in it.`);
  if (!force) throw new CommandError(`There is a file ${path} already. Name another, or replace it with --force.`);
}

function partOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.part`);
}

/** A rename is as durable as the folder that it is in. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const reasons: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: (path) =>
    `The disk is full: ${path} could not be written, and nothing of it was kept. Make room, or name another place.`,
  EDQUOT: (path) => `This user's share of the disk is used up: ${path} could not be written, and nothing of it was kept.`,
  EFBIG: (path) => `The file system takes no file of that size: ${path} could not be written, and nothing of it was kept.`,
  EACCES: (path) => `This user may not write ${path}.`,
  EPERM: (path) => `This user may not write ${path}.`,
  EROFS: (path) => `${path} is on a file system that is only read.`,
  ENOENT: (path) => `There is no folder ${dirname(resolve(path))}. Make it, or name another place.`,
  ENOTDIR: (path) => `${dirname(resolve(path))} is no folder. Name another place.`,
  ENAMETOOLONG: (path) => `The name ${basename(path)} is too long for the file system.`,
  EIO: (path) => `The disk failed while ${path} was written, and nothing of it was kept.`,
};

function describeWriting(error: unknown, path: string): unknown {
  if (error instanceof CommandError) return error;
  if ((error as Error).name === "AbortError") return new CommandError("Interrupted: nothing was kept.", { cause: error });
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
  return reason === undefined ? error : new CommandError(reason(path), { cause: error });
}
