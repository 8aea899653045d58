import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DamagedBackupError } from "../backup-error.ts";
import { type ArchivedFile, assertSafePath, type BackupManifest, type Digests } from "./manifest.ts";

const maximumRecord = 64 * 1_048_576;

/** A JSON value with its length before it. */
export function encodeRecord(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json]);
}

/** The content of a backup: its manifest, the bytes of its files, their digests. `locate` says where a file of the manifest lies. */
export async function* packArchive(manifest: BackupManifest, locate: (file: ArchivedFile) => string): AsyncGenerator<Uint8Array> {
  yield encodeRecord(manifest);
  const digests: Record<string, string> = {};
  for (const file of manifest.files) {
    const hash = createHash("sha256");
    let left = file.size;
    if (left > 0) {
      // A file that grows meanwhile is taken as long as it was.
      const stream = createReadStream(locate(file), { end: left - 1, highWaterMark: 1_048_576 });
      for await (const bytes of stream as AsyncIterable<Buffer>) {
        hash.update(bytes);
        left -= bytes.length;
        yield bytes;
      }
    }
    if (left > 0) throw new Error(`${file.path} became shorter while it was read.`);
    digests[file.path] = hash.digest("hex");
  }
  yield encodeRecord(digests satisfies Digests);
}

export interface Unpacked {
  readonly manifest: BackupManifest;
  readonly digests: Digests;
}

/**
 * Reads the content of a backup to its end and compares all digests; with a folder, the files are written into it and synced.
 * `onManifest` is heard before any file is written.
 */
export async function unpackArchive(
  content: AsyncIterable<Buffer>,
  { folder, onManifest }: { readonly folder?: string; readonly onManifest?: (manifest: BackupManifest) => Promise<void> } = {},
): Promise<Unpacked> {
  const bytes = new ContentReader(content);
  const manifest = (await bytes.record()) as BackupManifest;
  for (const { path } of manifest.files) assertSafePath(path);
  await onManifest?.(manifest);
  const found: Record<string, string> = {};
  for (const file of manifest.files) {
    const hash = createHash("sha256");
    const target = folder === undefined ? undefined : await create(join(folder, file.path), file.mode);
    try {
      for await (const part of bytes.take(file.size)) {
        hash.update(part);
        await target?.writeFile(part);
      }
      await target?.sync();
    } finally {
      await target?.close();
    }
    found[file.path] = hash.digest("hex");
  }
  const digests = (await bytes.record()) as Digests;
  for (const { path } of manifest.files)
    if (digests[path] !== found[path]) throw new DamagedBackupError(`The checksum of ${path} in it is another.`);
  await bytes.end();
  return { manifest, digests };
}

async function create(path: string, mode: number): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return open(path, "wx", mode & 0o777);
}

/** Reads the checked content of a container in records and runs of bytes. */
export class ContentReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async record(): Promise<unknown> {
    const length = (await this.bytes(4)).readUInt32LE();
    if (length > maximumRecord) throw new DamagedBackupError("It holds a list that cannot be that long.");
    return JSON.parse((await this.bytes(length)).toString());
  }

  async bytes(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.take(length)) parts.push(part);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  async *take(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.#buffer.length === 0) {
        const { value, done } = await this.#source.next();
        if (done === true) throw new DamagedBackupError("It ends before all of what it lists.");
        this.#buffer = value;
        continue;
      }
      const part = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Reads on, so that the container's own end is checked too. */
  async end(): Promise<void> {
    if (this.#buffer.length > 0 || !(await this.isOver())) throw new DamagedBackupError("It holds more than it lists.");
  }

  async isOver(): Promise<boolean> {
    while (this.#buffer.length === 0) {
      const { value, done } = await this.#source.next();
      if (done === true) return true;
      this.#buffer = value;
    }
    return false;
  }
}
