import { type FileHandle, open } from "node:fs/promises";
import { DamagedBackupError } from "./backup-error.ts";
import type { OpenedPiece, PieceManifest } from "./log-piece.ts";

export interface Applied {
  /** The last step that was applied, and its time in milliseconds since 1970. */
  readonly number: number;
  readonly time: number;
}

/**
 * Writes the steps of pieces into a copy of the database, up to a time: each page to its place, and the file made as long as the database
 * then was. Applying what the copy holds already changes nothing, so it may have been taken at any moment within the first of them.
 */
export async function applyLog(
  databasePath: string,
  pieces: AsyncIterable<OpenedPiece>,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<Applied | undefined> {
  const file = await open(databasePath, "r+");
  try {
    let applied: Applied | undefined;
    let previous: PieceManifest | undefined;
    for await (const { manifest, steps } of pieces) {
      if (previous !== undefined && JSON.stringify(previous.end) !== JSON.stringify(manifest.start))
        throw new DamagedBackupError(`The pieces of the log do not fit together before step ${manifest.from}.`);
      previous = manifest;
      let over = false;
      let size: number | undefined;
      for await (const { step, pages } of steps()) {
        over ||= step.time > until;
        if (over || step.number < from) continue;
        for await (const { page, bytes } of pages()) await writeFully(file, bytes, (page - 1) * manifest.pageSize);
        size = step.databasePages * manifest.pageSize;
        applied = { number: step.number, time: step.time };
      }
      if (size !== undefined) await file.truncate(size);
      if (over) break;
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
