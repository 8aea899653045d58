import { type FileHandle, open } from "node:fs/promises";
import { DamagedBackupError } from "../backup-error.ts";
import type { OpenedPiece, PieceManifest } from "./log-piece.ts";

export interface ApplyOptions {
  /** The first step that is applied. */
  readonly from: number;
  /** Steps up to this one are applied whatever their time. */
  readonly wholeThrough: number;
  /** Those after it only up to the first that is later than this, in milliseconds since 1970. */
  readonly until: number;
}

export interface Applied {
  /** The last step that was applied, and its time in milliseconds since 1970. */
  readonly number: number;
  readonly time: number;
}

/** The last step of a piece that belongs to the wanted moment; undefined where none does. */
export function lastStepOf(manifest: PieceManifest, { wholeThrough, until }: Omit<ApplyOptions, "from">): Applied | undefined {
  let last: Applied | undefined;
  for (const [index, time] of manifest.times.entries()) {
    const number = manifest.from + index;
    if (number > wholeThrough && time > until) break;
    last = { number, time };
  }
  return last;
}

/**
 * Writes the steps of pieces into a copy of the database: each page to its place, and the file made as long as the database then was.
 * Applying what the copy holds already changes nothing, so it may have been taken at any moment within the first of them, if only all those
 * are applied within which it was taken.
 */
export async function applyLog(
  databasePath: string,
  pieces: AsyncIterable<OpenedPiece>,
  options: ApplyOptions,
): Promise<Applied | undefined> {
  const file = await open(databasePath, "r+");
  try {
    let applied: Applied | undefined;
    let previous: PieceManifest | undefined;
    for await (const { manifest, steps } of pieces) {
      if (
        previous !== undefined &&
        previous.to + 1 === manifest.from &&
        JSON.stringify(previous.end) !== JSON.stringify(manifest.start)
      )
        throw new DamagedBackupError(`The pieces of the log do not fit together before step ${manifest.from}.`);
      previous = manifest;
      const last = lastStepOf(manifest, options);
      // Pieces may overlap where several were put together.
      const first = Math.max(options.from, (applied?.number ?? 0) + 1);
      let size: number | undefined;
      for await (const { step, pages } of steps()) {
        if (last === undefined || step.number > last.number || step.number < first) continue;
        for await (const { page, bytes } of pages()) await writeFully(file, bytes, (page - 1) * manifest.pageSize);
        size = step.databasePages * manifest.pageSize;
      }
      if (size !== undefined && last !== undefined) {
        await file.truncate(size);
        applied = last;
      }
    }
    await file.sync();
    return applied;
  } finally {
    await file.close();
  }
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; )
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}
