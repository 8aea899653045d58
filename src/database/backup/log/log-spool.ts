import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { KeyRing } from "../container/backup-key.ts";
import { readContainer } from "../container/container-reader.ts";
import { type OpenedPiece, type PieceManifest, unpackPiece } from "./log-piece.ts";
import { type NamedPiece, namePiece, readPieceName } from "../names.ts";
import { syncFolder } from "../store/sync-folder.ts";

/** Pieces of the log on the server's own disk, until they have arrived where they are kept. */
export class LogSpool {
  readonly folder: string;
  readonly #keys: KeyRing | undefined;

  constructor(folder: string, keys: KeyRing | undefined) {
    this.folder = folder;
    this.#keys = keys;
  }

  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder))
      if (/\.(?:partial|merged)$/.test(name)) await rm(join(this.folder, name), { force: true });
  }

  /** In the order of their making. */
  async list(): Promise<readonly (NamedPiece & { readonly size: number })[]> {
    const found: (NamedPiece & { readonly size: number })[] = [];
    for (const file of await readdir(this.folder)) {
      const piece = readPieceName(file.replaceAll("~", "/"));
      // One that arrived may be deleted while this looks.
      const size = piece === undefined ? undefined : await sizeOf(this.pathOf(piece));
      if (piece !== undefined && size !== undefined) found.push({ ...piece, size });
    }
    // The name of a series begins with the time of its beginning.
    return found.sort((left, right) =>
      left.series === right.series ? left.from - right.from : left.series < right.series ? -1 : 1,
    );
  }

  pathOf(piece: Omit<NamedPiece, "name">): string {
    return join(this.folder, namePiece(piece).replaceAll("/", "~"));
  }

  async read(piece: NamedPiece): Promise<OpenedPiece> {
    const { content } = await readContainer(createReadStream(this.pathOf(piece), { highWaterMark: 1_048_576 }), this.#keys);
    return unpackPiece(content);
  }

  /**
   * The newest piece, where it and all before it are there in full. After a power failure they may not be: then those that cannot be used are
   * deleted, and undefined is given.
   */
  async whole(): Promise<PieceManifest | undefined> {
    let last: PieceManifest | undefined;
    let isBroken = false;
    for (const piece of await this.list()) {
      const manifest: PieceManifest | undefined = isBroken ? undefined : await this.#check(piece);
      isBroken ||=
        manifest === undefined || (last !== undefined && last.series === manifest.series && last.to + 1 !== manifest.from);
      if (isBroken) await this.delete(piece);
      else last = manifest;
    }
    return isBroken ? undefined : last;
  }

  async #check(piece: NamedPiece): Promise<PieceManifest | undefined> {
    try {
      const opened = await this.read(piece);
      for await (const _ of opened.steps());
      return opened.manifest;
    } catch {
      return undefined;
    }
  }

  /** Makes a piece last through a power failure. */
  async sync(piece: NamedPiece): Promise<void> {
    const file = await open(this.pathOf(piece), "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(this.folder);
  }

  async delete(piece: NamedPiece): Promise<void> {
    await this.deleteFile(this.pathOf(piece));
  }

  async deleteFile(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Forgets everything that has not arrived: the run of pieces is broken then. */
  async clear(): Promise<void> {
    for (const piece of await this.list()) await this.delete(piece);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
