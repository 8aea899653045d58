import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { BackupError } from "../backup-error.ts";
import type { BackupStore, StoredFile } from "./store.ts";
import { syncFolder } from "./sync-folder.ts";

/** Backups in a folder, which is made when something is first put there. Files have their name only once they are whole. */
export function createFolderStore(folder: string): BackupStore {
  const root = resolve(folder);
  const pathOf = (name: string): string => join(root, ...name.split("/"));
  return {
    description: root,
    stagingFolder: root,
    async list(prefix) {
      const start = prefix.includes("/") ? join(root, dirname(`${prefix}x`)) : root;
      const entries = await readdir(start, { recursive: true, withFileTypes: true }).catch(emptyWhereMissing);
      const files: StoredFile[] = [];
      for (const entry of entries) {
        const path = join(entry.parentPath, entry.name);
        const name = relative(root, path).split(sep).join("/");
        if (!entry.isFile() || !name.startsWith(prefix) || entry.name.startsWith(".") || name.endsWith(".partial")) continue;
        const found = await stat(path).catch(() => undefined);
        if (found !== undefined) files.push({ name, size: found.size });
      }
      return files.sort((left, right) => (left.name < right.name ? -1 : 1));
    },
    async put(name, path, signal) {
      const target = pathOf(name);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      if (dirname(resolve(path)) === root) await rename(path, target);
      else await copy(path, target, signal);
      await syncFolder(dirname(target));
    },
    async read(name, signal) {
      const path = pathOf(name);
      if (!(await stat(path).catch(() => undefined))?.isFile()) throw new BackupError(`There is no ${name} in ${root}.`);
      return createReadStream(path, { highWaterMark: 1_048_576, ...(signal && { signal }) }) as AsyncIterable<Buffer>;
    },
    async delete(name) {
      await rm(pathOf(name), { force: true });
    },
  };
}

async function copy(source: string, target: string, signal: AbortSignal | undefined): Promise<void> {
  const partial = `${target}.partial`;
  try {
    await pipeline(createReadStream(source), createWriteStream(partial, { mode: 0o600, flush: true }), {
      ...(signal && { signal }),
    });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function emptyWhereMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}

/** Whether files can be made in a folder: found out before hours of work are put into one. */
export async function assertWritable(folder: string): Promise<void> {
  const path = join(folder, `.write-test-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await (await open(path, "w")).close();
    await rm(path);
  } catch (error) {
    throw new BackupError(`Nothing can be written into ${folder}: ${(error as Error).message}`, { cause: error });
  }
}
