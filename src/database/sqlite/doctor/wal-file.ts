import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";

/**
 * What a write-ahead log holds, read as SQLite reads it after a crash (sqlite.org/fileformat2.html, section 4): frames count as
 * far as their salts and running checksums are right, and up to the last one that ends a transaction.
 */
export interface WalFacts {
  /** Frames of the log's present round that are whole. */
  readonly frames: number;
  /** Of these, how many belong to finished transactions. */
  readonly committed: number;
  /** The first frame of this round that is damaged or cut short, from 1; undefined where there is none. */
  readonly damagedAt: number | undefined;
  /** Transactions that end behind the damage: SQLite ignores them. */
  readonly ignoredCommits: number;
  /** The log's own header is damaged, so that SQLite ignores all of it. */
  readonly hasBrokenHeader: boolean;
}

const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;

const nothing: WalFacts = { frames: 0, committed: 0, damagedAt: undefined, ignoredCommits: 0, hasBrokenHeader: false };

/** Must not be called on a file that this process has open as a database: closing a descriptor of it drops SQLite's locks. */
export function readWal(path: string): WalFacts {
  if (!existsSync(path)) return nothing;
  const { size } = statSync(path);
  if (size < HEADER) return nothing;
  const file = openSync(path, "r");
  try {
    return readFrames(file, size);
  } finally {
    closeSync(file);
  }
}

interface Sum {
  first: number;
  second: number;
}

function readFrames(file: number, size: number): WalFacts {
  const header = Buffer.alloc(HEADER);
  readSync(file, header, 0, HEADER, 0);
  const magic = header.readUInt32BE(0);
  const isLittle = (magic & 1) === 0;
  const sum: Sum = { first: 0, second: 0 };
  addTo(sum, header.subarray(0, 24), isLittle);
  const pageSize = header.readUInt32BE(8);
  const isGood = (magic & ~1) >>> 0 === MAGIC && sum.first === header.readUInt32BE(24) && sum.second === header.readUInt32BE(28);
  if (!isGood || pageSize < 512 || pageSize > 65_536) return { ...nothing, hasBrokenHeader: size > HEADER };
  const salts = header.subarray(16, 24);
  const frame = Buffer.alloc(FRAME_HEADER + pageSize);
  const count = Math.ceil((size - HEADER) / frame.length);
  let frames = 0;
  let committed = 0;
  let damagedAt: number | undefined;
  let ignoredCommits = 0;
  for (let number = 1; number <= count; number++) {
    const got = readSync(file, frame, 0, frame.length, HEADER + (number - 1) * frame.length);
    const isOfThisRound = got >= 16 && frame.subarray(8, 16).equals(salts);
    const isCommit = got >= 8 && frame.readUInt32BE(4) > 0;
    if (damagedAt !== undefined) {
      if (isOfThisRound && isCommit) ignoredCommits++;
      continue;
    }
    if (isOfThisRound && got === frame.length && matches(sum, frame, isLittle)) {
      frames = number;
      if (isCommit) committed = number;
      continue;
    }
    damagedAt = number;
    if (isOfThisRound && isCommit) ignoredCommits++;
    // What follows of earlier rounds is the usual end of a log: only what is of this round speaks of damage.
    if (!isOfThisRound && !hasFramesOfRound(file, { salts, from: number, count, length: frame.length }))
      return { ...nothing, frames, committed };
  }
  return { frames, committed, damagedAt, ignoredCommits, hasBrokenHeader: false };
}

interface Rest {
  readonly salts: Buffer;
  readonly from: number;
  readonly count: number;
  readonly length: number;
}

function hasFramesOfRound(file: number, { salts, from, count, length }: Rest): boolean {
  const head = Buffer.alloc(FRAME_HEADER);
  for (let number = from + 1; number <= count; number++) {
    if (readSync(file, head, 0, FRAME_HEADER, HEADER + (number - 1) * length) < 16) return false;
    if (head.subarray(8, 16).equals(salts)) return true;
  }
  return false;
}

/** The running checksum goes over the first eight bytes of the frame's header and the page. */
function matches(sum: Sum, frame: Buffer, isLittle: boolean): boolean {
  const next: Sum = { ...sum };
  addTo(next, frame.subarray(0, 8), isLittle);
  addTo(next, frame.subarray(FRAME_HEADER), isLittle);
  if (next.first !== frame.readUInt32BE(16) || next.second !== frame.readUInt32BE(20)) return false;
  sum.first = next.first;
  sum.second = next.second;
  return true;
}

function addTo(sum: Sum, bytes: Buffer, isLittle: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let { first, second } = sum;
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + view.getUint32(at, isLittle) + second) >>> 0;
    second = (second + view.getUint32(at + 4, isLittle) + first) >>> 0;
  }
  sum.first = first;
  sum.second = second;
}
