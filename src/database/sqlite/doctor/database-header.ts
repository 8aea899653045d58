import { closeSync, openSync, readSync, statSync } from "node:fs";

/** The first hundred bytes of a database file (sqlite.org/fileformat2.html, section 1.3), beside the file's size. */
export interface HeaderFacts {
  readonly isSqlite: boolean;
  readonly pageSize: number;
  /** As of the last checkpoint. */
  readonly pages: number;
  readonly isWal: boolean;
  readonly bytes: number;
}

/** Must not be called on a file that this process has open as a database: closing a descriptor of it drops SQLite's locks. */
export function readHeader(path: string): HeaderFacts {
  const stats = statSync(path);
  if (stats.isDirectory()) return { isSqlite: false, pageSize: 0, pages: 0, isWal: false, bytes: 0 };
  const { size } = stats;
  const head = Buffer.alloc(100);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  const stored = head.readUInt16BE(16);
  return {
    isSqlite: head.toString("latin1", 0, 16) === "SQLite format 3\u0000",
    pageSize: stored === 1 ? 65_536 : stored,
    pages: head.readUInt32BE(28),
    isWal: head[18] === 2 && head[19] === 2,
    bytes: size,
  };
}
