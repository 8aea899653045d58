/** The write-ahead log as a file (sqlite.org/fileformat2.html#the_write_ahead_log): a header, then frames of a header and a page each. */
export const walHeaderSize = 32;
export const frameHeaderSize = 24;

export interface WalHeader {
  readonly pageSize: number;
  /** Which life of the log this is: both change when a writer begins it anew, `salt1` by one. */
  readonly salt1: number;
  readonly salt2: number;
}

export interface FrameHeader {
  readonly page: number;
  /** Of the last frame of a transaction: the pages that the database has after it. Else 0. */
  readonly databasePages: number;
  readonly salt1: number;
  readonly salt2: number;
  /** Of this frame and all before it; 16 hexadecimal digits. */
  readonly checksum: string;
}

/** Undefined where these bytes begin no log. */
export function readWalHeader(bytes: Buffer): WalHeader | undefined {
  if (bytes.length < walHeaderSize || (bytes.readUInt32BE(0) & ~1) >>> 0 !== 0x377f0682) return undefined;
  const size = bytes.readUInt32BE(8);
  return { pageSize: size === 1 ? 65_536 : size, salt1: bytes.readUInt32BE(16), salt2: bytes.readUInt32BE(20) };
}

export function readFrameHeader(bytes: Buffer, at = 0): FrameHeader {
  return {
    page: bytes.readUInt32BE(at),
    databasePages: bytes.readUInt32BE(at + 4),
    salt1: bytes.readUInt32BE(at + 8),
    salt2: bytes.readUInt32BE(at + 12),
    checksum: bytes.toString("hex", at + 16, at + 24),
  };
}

/** Where a frame begins in the file; frames are counted from 1. */
export function frameOffset(frame: number, pageSize: number): number {
  return walHeaderSize + (frame - 1) * (frameHeaderSize + pageSize);
}
