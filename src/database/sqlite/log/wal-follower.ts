import { closeSync, openSync, readSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { frameHeaderSize, frameOffset, readFrameHeader, readWalHeader, type WalHeader, walHeaderSize } from "./wal-format.ts";

/** How far a log has been read: the last frame, and what proves that it is still the same log. */
export interface WalPosition {
  /** -1 before the first log that there is. */
  readonly salt1: number;
  readonly salt2: number;
  /** 0 is the beginning. */
  readonly frame: number;
  /** The frame's; empty at the beginning. */
  readonly checksum: string;
}

/** What was committed between two looks: the pages as the last of those transactions left them. */
export interface WalChanges {
  readonly pageSize: number;
  /** The pages that the database has after it. */
  readonly databasePages: number;
  readonly pages: number;
  /** The pages in the order of their numbers. To be read before the next look. */
  readonly content: () => Generator<{ readonly page: number; readonly bytes: Buffer }>;
  readonly position: WalPosition;
}

/** The log has gone on without us: what was written meanwhile cannot be known, and a new copy of the whole database is needed. */
export class WalGapError extends Error {
  override readonly name: string = "WalGapError";
}

/** A database whose log is empty: whatever log comes next is read from its beginning. */
const noLog: WalPosition = { salt1: -1, salt2: -1, frame: 0, checksum: "" };

const SLAB = 4 * 1_048_576;

/**
 * Reads the write-ahead log of a database that others write to, and sees to it that nothing of it is lost before it was read. For a
 * thread: it is synchronous.
 *
 * A log is begun anew, and its frames overwritten, only by a writer that finds all of it copied into the database and nobody reading from it.
 * So there is always a read transaction of ours. At each look the next one begins first, then everything up to the end is read, then the old one
 * ends: a frame that is not read yet is either newer than a transaction of ours, which keeps it from being copied, or part of what one
 * reads, which keeps it from being overwritten.
 */
export class WalFollower {
  readonly #walPath: string;
  /** Takes no snapshot, since only outside of one SQLite says how long the log is. */
  readonly #counter: DatabaseSync;
  readonly #readers: readonly [DatabaseSync, DatabaseSync];
  #pin: 0 | 1 | undefined;
  #position: WalPosition;

  /** With a position it goes on from there; without one, or where that log is gone, `isContinued` is false and it begins at the log's end. */
  constructor(path: string, position?: WalPosition) {
    this.#walPath = `${path}-wal`;
    const open = (): DatabaseSync => new DatabaseSync(path, { readOnly: true, timeout: 2000, returnArrays: true });
    this.#counter = open();
    this.#readers = [open(), open()];
    this.#begin(0);
    this.#pin = 0;
    this.isContinued = position !== undefined && this.#matches(position);
    this.#position = position !== undefined && this.isContinued ? position : this.#end();
  }

  get position(): WalPosition {
    return this.#position;
  }

  /** Whether it goes on from the position that it was given. */
  readonly isContinued: boolean;

  /** What was committed since the last look, undefined where nothing was. */
  look(): { readonly changes: WalChanges | undefined; readonly done: () => void } {
    const next = this.#pin === 0 ? 1 : 0;
    this.#begin(next);
    const changes = this.#read();
    return {
      changes,
      done: () => {
        if (changes !== undefined) this.#position = changes.position;
        if (this.#pin !== undefined) this.#readers[this.#pin].exec("ROLLBACK");
        this.#pin = next;
      },
    };
  }

  /** Frames in the log now, read or not. */
  get length(): number {
    return Math.max(0, this.#frames());
  }

  /**
   * Lets go of the log while `work` runs, which must keep everybody from writing and see to it that all was looked at. A writer may begin the log
   * anew afterwards.
   */
  async unpinned<T>(work: () => Promise<T>): Promise<T> {
    if (this.#pin !== undefined) this.#readers[this.#pin].exec("ROLLBACK");
    this.#pin = undefined;
    try {
      return await work();
    } finally {
      this.#begin(0);
      this.#pin = 0;
    }
  }

  close(): void {
    for (const reader of [...this.#readers, this.#counter]) reader.close();
  }

  #begin(which: 0 | 1): void {
    const reader = this.#readers[which];
    if (reader.isTransaction) reader.exec("ROLLBACK");
    reader.exec("BEGIN");
    // The first read takes the snapshot.
    reader.prepare("SELECT count(*) FROM sqlite_schema").get();
  }

  #frames(): number {
    const [, frames] = this.#counter.prepare("PRAGMA wal_checkpoint(NOOP)").get() as unknown as [number, number, number];
    return frames;
  }

  #matches({ salt1, salt2, frame, checksum }: WalPosition): boolean {
    return this.#withFile((file) => {
      const header = headerOf(file);
      if (header === undefined || header.salt1 !== salt1 || header.salt2 !== salt2 || frame > this.#frames()) return false;
      return frame === 0 || frameAt(file, frame, header).checksum === checksum;
    }, false);
  }

  #end(): WalPosition {
    return this.#withFile((file) => {
      const { header, frames } = this.#extent(file);
      return header === undefined || frames <= 0 ? noLog : positionAt(file, frames, header);
    }, noLog);
  }

  #read(): WalChanges | undefined {
    return this.#withFile((file) => {
      const { header, frames } = this.#extent(file);
      if (header === undefined || frames <= 0) return undefined;
      const known = this.#position;
      let after = 0;
      if (known.salt1 === header.salt1 && known.salt2 === header.salt2) after = known.frame;
      else if (known.salt1 !== noLog.salt1 && (known.salt1 + 1) >>> 0 !== header.salt1)
        throw new WalGapError("The write-ahead log was begun anew more than once.");
      // A log that a writer has begun anew has no frame before its first commit.
      if (frames <= after) return undefined;
      return this.#changes(file, { header, after, frames });
    }, undefined);
  }

  /** The length of the log and the header that it belongs to, for a writer may be beginning it anew right now. */
  #extent(file: number): { readonly header: WalHeader | undefined; readonly frames: number } {
    for (;;) {
      const before = headerOf(file);
      const frames = this.#frames();
      const header = headerOf(file);
      if (before?.salt1 === header?.salt1 && before?.salt2 === header?.salt2) return { header, frames };
    }
  }

  #changes(
    file: number,
    { header, after, frames }: { readonly header: WalHeader; readonly after: number; readonly frames: number },
  ): WalChanges {
    const { pageSize } = header;
    const size = frameHeaderSize + pageSize;
    const slab = Buffer.allocUnsafe(Math.max(1, Math.floor(SLAB / size)) * size);
    const latest = new Map<number, number>();
    let databasePages = 0;
    for (let frame = after + 1; frame <= frames; ) {
      const count = Math.min(slab.length / size, frames - frame + 1);
      readFully(file, slab.subarray(0, count * size), frameOffset(frame, pageSize));
      for (let index = 0; index < count; index++, frame++) {
        const found = readFrameHeader(slab, index * size);
        if (found.salt1 !== header.salt1 || found.salt2 !== header.salt2)
          throw new WalGapError(`Frame ${frame} of the write-ahead log belongs to another log.`);
        latest.set(found.page, frame);
        databasePages = found.databasePages;
      }
    }
    if (databasePages === 0) throw new WalGapError("The write-ahead log does not end with a commit.");
    const pages = [...latest].filter(([page]) => page <= databasePages).sort(([left], [right]) => left - right);
    const walPath = this.#walPath;
    return {
      pageSize,
      databasePages,
      pages: pages.length,
      position: positionAt(file, frames, header),
      *content() {
        const again = openSync(walPath, "r");
        try {
          for (const [page, frame] of pages) {
            const bytes = Buffer.allocUnsafe(pageSize);
            readFully(again, bytes, frameOffset(frame, pageSize) + frameHeaderSize);
            yield { page, bytes };
          }
        } finally {
          closeSync(again);
        }
      },
    };
  }

  /** The log is another inode than the database, and holds no locks: it may be opened and closed. */
  #withFile<T>(work: (file: number) => T, without: T): T {
    let file: number;
    try {
      file = openSync(this.#walPath, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return without;
      throw error;
    }
    try {
      return work(file);
    } finally {
      closeSync(file);
    }
  }
}

function headerOf(file: number): WalHeader | undefined {
  const bytes = Buffer.alloc(walHeaderSize);
  return readSync(file, bytes, 0, walHeaderSize, 0) < walHeaderSize ? undefined : readWalHeader(bytes);
}

function frameAt(file: number, frame: number, { pageSize }: WalHeader): ReturnType<typeof readFrameHeader> {
  const bytes = Buffer.alloc(frameHeaderSize);
  readFully(file, bytes, frameOffset(frame, pageSize));
  return readFrameHeader(bytes);
}

function positionAt(file: number, frame: number, header: WalHeader): WalPosition {
  return { salt1: header.salt1, salt2: header.salt2, frame, checksum: frame === 0 ? "" : frameAt(file, frame, header).checksum };
}

function readFully(file: number, bytes: Buffer, position: number): void {
  for (let have = 0; have < bytes.length; ) {
    const read = readSync(file, bytes, have, bytes.length - have, position + have);
    if (read === 0) throw new WalGapError("The write-ahead log is shorter than SQLite says.");
    have += read;
  }
}
