import { ContentReader, encodeRecord } from "../container/archive.ts";
import { DamagedBackupError } from "../backup-error.ts";
import type { WalChanges, WalPosition } from "../../sqlite/log/wal-follower.ts";

/** What a piece of the log says of itself, inside the encryption. */
export interface PieceManifest {
  /** Which unbroken run of pieces it belongs to. */
  readonly series: string;
  /** The numbers of its first and last step; a step is what was committed between two looks. */
  readonly from: number;
  readonly to: number;
  /** When each step was read, in milliseconds since 1970: everything in it was committed by then. */
  readonly times: readonly number[];
  readonly pageSize: number;
  /** Where the write-ahead log was before and after it: it fits behind the piece whose `end` is its `start`. */
  readonly start: WalPosition;
  readonly end: WalPosition;
}

export interface PieceStep {
  readonly number: number;
  /** The pages that the database has after it. */
  readonly databasePages: number;
  /** How many pages follow. */
  readonly pages: number;
}

/** One step as the content of a container. */
export async function* packStep(manifest: PieceManifest, changes: WalChanges): AsyncGenerator<Uint8Array> {
  const { databasePages, pages } = changes;
  yield encodeRecord(manifest);
  yield encodeRecord({ number: manifest.from, databasePages, pages } satisfies PieceStep);
  for (const { page, bytes } of changes.content()) {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(page);
    yield number;
    yield bytes;
  }
}

/** Several pieces that follow each other as the content of one, every step still by itself. */
export async function* mergePieces(
  manifest: PieceManifest,
  contents: AsyncIterable<AsyncIterable<Buffer>>,
): AsyncGenerator<Uint8Array> {
  yield encodeRecord(manifest);
  for await (const content of contents) {
    const reader = new ContentReader(content);
    await reader.record();
    while (!(await reader.isOver())) {
      const step = (await reader.record()) as PieceStep;
      yield encodeRecord(step);
      yield* reader.take(step.pages * (4 + manifest.pageSize));
    }
  }
}

export interface OpenedPiece {
  readonly manifest: PieceManifest;
  /** To be read in order, each with its pages, before the next. */
  readonly steps: () => AsyncGenerator<{
    readonly step: PieceStep;
    readonly pages: () => AsyncGenerator<{ readonly page: number; readonly bytes: Buffer }>;
  }>;
}

export async function unpackPiece(content: AsyncIterable<Buffer>): Promise<OpenedPiece> {
  const reader = new ContentReader(content);
  const manifest = (await reader.record()) as PieceManifest;
  return {
    manifest,
    async *steps() {
      for (let number = manifest.from; number <= manifest.to; number++) {
        const step = (await reader.record()) as PieceStep;
        if (step.number !== number)
          throw new DamagedBackupError(`A piece of the log holds step ${step.number} in place of ${number}.`);
        let left = step.pages;
        const pages = async function* (): AsyncGenerator<{ page: number; bytes: Buffer }> {
          for (; left > 0; left--) {
            const page = (await reader.bytes(4)).readUInt32LE();
            if (page < 1 || page > step.databasePages)
              throw new DamagedBackupError(`A piece of the log holds a page ${page} of ${step.databasePages}.`);
            yield { page, bytes: await reader.bytes(manifest.pageSize) };
          }
        };
        yield { step, pages };
        // What nobody wanted is read all the same: the container checks itself at its end.
        for await (const _ of pages());
      }
      await reader.end();
    },
  };
}
