import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import { keyCheck, type KeyRing } from "./backup-key.ts";
import {
  chunkFlag,
  chunkNonce,
  chunkSize,
  type ContainerHeader,
  type Encryption,
  formatVersion,
  magic,
} from "./container-format.ts";
import { syncFolder } from "../store/sync-folder.ts";

export interface WriteOptions {
  readonly path: string;
  readonly kind: ContainerHeader["kind"];
  readonly created: Date;
  /** Encrypts. */
  readonly keys: KeyRing | undefined;
  /** False leaves it to the system when it reaches the disk: what a power failure leaves of it is found when it is read. Default true. */
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
}

/** zstd's own default for what is kept for long, and its fastest for the log, which must keep up with those who write. */
const levels = { backup: 3, log: 1 } as const;

/**
 * Writes a container from any stream of bytes, holding two chunks in memory. The file has its name only once it is whole and on the
 * disk; until then it is `<path>.partial`, which is removed on failure. Gives its size in bytes.
 */
export async function writeContainer(content: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<number> {
  const { durable = true } = options;
  const partial = `${options.path}.partial`;
  const file = await open(partial, "w", 0o600);
  let size: number;
  try {
    try {
      const writer = await ContainerWriter.begin(file, options);
      for await (const bytes of content) {
        options.signal?.throwIfAborted();
        await writer.write(bytes);
      }
      size = await writer.end();
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, options.path);
    if (durable) await syncFolder(dirname(options.path));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return size;
}

class ContainerWriter {
  readonly #file: FileHandle;
  readonly #key: Uint8Array | undefined;
  readonly #level: number;
  readonly #digest = createHash("sha256");
  #headerDigest: Buffer = Buffer.alloc(0);
  /** The chunk that is being filled: content comes in pieces of a page and less, and putting each behind what is there would copy all of it each time. */
  readonly #chunk: Buffer = Buffer.allocUnsafe(chunkSize);
  #filled = 0;
  #index = 0;
  #size = 0;

  private constructor(file: FileHandle, key: Uint8Array | undefined, level: number) {
    this.#file = file;
    this.#key = key;
    this.#level = level;
  }

  static async begin(file: FileHandle, { kind, created, keys }: WriteOptions): Promise<ContainerWriter> {
    let key: Uint8Array | undefined;
    let encryption: Encryption | null = null;
    if (keys !== undefined) {
      const fileSalt = randomBytes(32);
      key = await keys.fileKey(keys.derivation, fileSalt);
      encryption = {
        cipher: "aes-256-gcm",
        derivation: keys.derivation,
        fileSalt: fileSalt.toString("base64"),
        check: keyCheck(key),
      };
    }
    const header: ContainerHeader = { format: formatVersion, kind, created: created.toISOString(), encryption };
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    const start = Buffer.concat([Buffer.from(magic), length, json]);
    const writer = new ContainerWriter(file, key, levels[kind]);
    writer.#headerDigest = createHash("sha256").update(start).digest();
    await writer.#append(Buffer.concat([start, writer.#headerDigest]));
    return writer;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      // The last chunk is known as such only at the end, so a full one waits for the byte after it.
      if (this.#filled === chunkSize) {
        await this.#finish(this.#chunk, false);
        this.#filled = 0;
      }
      const part = bytes.subarray(at, at + chunkSize - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  async end(): Promise<number> {
    await this.#finish(this.#chunk.subarray(0, this.#filled), true);
    await this.#append(this.#digest.copy().digest());
    return this.#size;
  }

  async #finish(plain: Buffer, last: boolean): Promise<void> {
    const compressed = zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: this.#level } });
    const isSmaller = compressed.length < plain.length;
    let stored: Buffer = isSmaller ? compressed : plain;
    if (this.#key !== undefined) {
      const cipher = createCipheriv("aes-256-gcm", this.#key, chunkNonce(this.#index, last));
      cipher.setAAD(Buffer.concat([this.#headerDigest, Buffer.of(isSmaller ? 1 : 0)]));
      stored = Buffer.concat([cipher.update(stored), cipher.final(), cipher.getAuthTag()]);
    }
    const head = Buffer.alloc(5);
    head[0] = (last ? chunkFlag.last : 0) | (isSmaller ? chunkFlag.compressed : 0);
    head.writeUInt32LE(stored.length, 1);
    const digest = createHash("sha256").update(head).update(stored).digest();
    this.#index += 1;
    await this.#append(Buffer.concat([head, digest, stored]));
  }

  async #append(bytes: Buffer): Promise<void> {
    this.#digest.update(bytes);
    this.#size += bytes.length;
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#file.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  }
}
