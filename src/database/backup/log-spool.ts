import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { KeyRing } from "./backup-key.ts";
import { readContainer } from "./container-reader.ts";
import { type OpenedPiece, type PieceManifest, unpackPiece } from "./log-piece.ts";
import { type NamedPiece, namePiece, readPieceName } from "./names.ts";

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
      if (piece !== undefined) found.push({ ...piece, size: (await stat(this.pathOf(piece))).size });
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

  /** Of the newest piece; undefined where there is none that can be read. */
  async newest(): Promise<PieceManifest | undefined> {
    const piece = (await this.list()).at(-1);
    if (piece === undefined) return undefined;
    try {
      const opened = await this.read(piece);
      for await (const _ of opened.steps());
      return opened.manifest;
    } catch {
      return undefined;
    }
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
