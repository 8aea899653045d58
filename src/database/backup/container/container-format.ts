import type { KeyDerivation } from "./backup-key.ts";

/**
 * The file that every backup and every piece of the log is:
 *
 *     magic            8 bytes  "CHASSISB"
 *     header length    4 bytes  little-endian
 *     header           JSON     readable without the key
 *     header digest   32 bytes  SHA-256 of all before it
 *     chunks                    each: flags 1 byte, stored length 4 bytes, SHA-256 of flags, length and what is stored 32 bytes, stored bytes
 *     file digest     32 bytes  SHA-256 of all before it
 *
 * What a chunk stores is up to 1 MiB, compressed (zstd) where that makes it smaller, then encrypted where there is a key: AES-256-GCM
 * with a key of the file's own, as nonce the chunk's number and whether it is the last (the STREAM construction, Hoang et al. 2015, as in
 * age), and the header's digest as additional data. So chunks cannot be cut off, swapped, left out or taken from another file.
 */
export const magic = "CHASSISB";
export const formatVersion = 1;
export const chunkSize = 1_048_576;
export const digestSize = 32;
export const tagSize = 16;
export const chunkHeaderSize: number = 1 + 4 + digestSize;

/** Compressed and encrypted bytes are never longer than this; a length beyond it is damage and must not be allocated. */
export const maximumStored: number = chunkSize + 65_536;
export const maximumHeader = 65_536;

export const chunkFlag = { last: 1, compressed: 2 } as const;

/** What anybody can read of the file. */
export interface ContainerHeader {
  readonly format: number;
  readonly kind: "backup" | "log";
  /** When it was made: ISO 8601, UTC. */
  readonly created: string;
  readonly encryption: Encryption | null;
}

export interface Encryption {
  readonly cipher: "aes-256-gcm";
  readonly derivation: KeyDerivation;
  /** Base64. */
  readonly fileSalt: string;
  /** Tells a wrong passphrase from a damaged file. */
  readonly check: string;
}

/** 96 bits: the chunk's number, and whether it is the last one. */
export function chunkNonce(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
