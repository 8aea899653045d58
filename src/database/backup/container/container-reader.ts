import { createDecipheriv, createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { BackupError, DamagedBackupError } from "../backup-error.ts";
import { keyCheck, type KeyRing } from "./backup-key.ts";
import {
  chunkFlag,
  chunkHeaderSize,
  chunkNonce,
  chunkSize,
  type ContainerHeader,
  digestSize,
  formatVersion,
  magic,
  maximumHeader,
  maximumStored,
  tagSize,
} from "./container-format.ts";

export interface Container {
  readonly header: ContainerHeader;
  /** What is in it. Every byte that is given was checked before; damage ends it with an error, at the end too, so read all. */
  readonly content: AsyncGenerator<Buffer, void>;
}

/**
 * Opens a container from any stream of its bytes.
 *
 * @throws DamagedBackupError where the file is not whole, BackupError where the key is missing or another.
 */
export async function readContainer(source: AsyncIterable<Uint8Array>, keys: KeyRing | undefined): Promise<Container> {
  const bytes = new ByteReader(source);
  const { header, headerDigest } = await readHeader(bytes);
  const key = await keyOf(header, keys);
  return { header, content: readChunks(bytes, { key, headerDigest }) };
}

/** The header alone: needs no key. */
export async function readContainerHeader(source: AsyncIterable<Uint8Array>): Promise<ContainerHeader> {
  return (await readHeader(new ByteReader(source))).header;
}

async function readHeader(bytes: ByteReader): Promise<{ readonly header: ContainerHeader; readonly headerDigest: Buffer }> {
  const start = await bytes.upTo(magic.length + 4);
  if (start.subarray(0, magic.length).toString("latin1") !== magic.slice(0, start.length))
    throw new DamagedBackupError("This is no backup of Chassis: it does not begin as one.");
  if (start.length < magic.length + 4) throw new DamagedBackupError("The file is cut short in its first bytes.");
  const length = start.readUInt32LE(magic.length);
  if (length > maximumHeader) throw new DamagedBackupError("The header is damaged: it cannot be that long.");
  const json = await bytes.exactly(length, "its header");
  const found = await bytes.exactly(digestSize, "its header");
  const headerDigest = createHash("sha256").update(start).update(json).digest();
  if (!headerDigest.equals(found)) throw new DamagedBackupError("The header is damaged: its checksum is another.");
  const header = JSON.parse(json.toString()) as ContainerHeader;
  if (header.format !== formatVersion)
    throw new BackupError(`It has format ${header.format}, and this version of Chassis reads ${formatVersion}.`);
  return { header, headerDigest };
}

async function keyOf({ encryption }: ContainerHeader, keys: KeyRing | undefined): Promise<Uint8Array | undefined> {
  if (encryption === null) return undefined;
  if (keys === undefined) {
    throw new BackupError(
      "It is encrypted. Give its passphrase in CHASSIS_BACKUP_PASSPHRASE, or the file that holds it in CHASSIS_BACKUP_KEY_FILE.",
    );
  }
  const key = await keys.fileKey(encryption.derivation, Buffer.from(encryption.fileSalt, "base64"));
  if (keyCheck(key) !== encryption.check) throw new BackupError("It is encrypted with another passphrase or key.");
  return key;
}

async function* readChunks(
  bytes: ByteReader,
  { key, headerDigest }: { readonly key: Uint8Array | undefined; readonly headerDigest: Buffer },
): AsyncGenerator<Buffer, void> {
  for (let index = 0, last = false; !last; index++) {
    const damaged = (what: string): DamagedBackupError =>
      new DamagedBackupError(`The file is damaged near byte ${bytes.position}: ${what}.`);
    const head = await bytes.exactly(chunkHeaderSize, `part ${index + 1}`);
    const flags = head[0] ?? 0;
    const length = head.readUInt32LE(1);
    if (length > maximumStored || flags > 3) throw damaged("the length of a part cannot be true");
    const stored = await bytes.exactly(length, `part ${index + 1}`);
    const digest = createHash("sha256").update(head.subarray(0, 5)).update(stored).digest();
    if (!digest.equals(head.subarray(5))) throw damaged(`the checksum of part ${index + 1} is another`);
    last = (flags & chunkFlag.last) !== 0;
    const isCompressed = (flags & chunkFlag.compressed) !== 0;
    try {
      const packed = key === undefined ? stored : decrypt(stored, { key, headerDigest, index, last, isCompressed });
      yield isCompressed ? zstdDecompressSync(packed, { maxOutputLength: chunkSize }) : packed;
    } catch (error) {
      throw new DamagedBackupError(damaged(`part ${index + 1} cannot be unpacked`).message, { cause: error });
    }
  }
  const whole = bytes.digest();
  const found = await bytes.exactly(digestSize, "its checksum");
  if (!whole.equals(found)) throw new DamagedBackupError("The file is damaged: its checksum is another.");
  if ((await bytes.upTo(1)).length > 0) throw new DamagedBackupError("The file is damaged: something follows its end.");
}

interface ChunkSeal {
  readonly key: Uint8Array;
  readonly headerDigest: Buffer;
  readonly index: number;
  readonly last: boolean;
  readonly isCompressed: boolean;
}

function decrypt(stored: Buffer, { key, headerDigest, index, last, isCompressed }: ChunkSeal): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, chunkNonce(index, last));
  decipher.setAAD(Buffer.concat([headerDigest, Buffer.of(isCompressed ? 1 : 0)]));
  decipher.setAuthTag(stored.subarray(stored.length - tagSize));
  return Buffer.concat([decipher.update(stored.subarray(0, stored.length - tagSize)), decipher.final()]);
}

/** Reads a stream in pieces of given lengths, and knows the digest of all that it gave. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #digest = createHash("sha256");
  #buffer: Buffer = Buffer.alloc(0);
  position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** So many bytes, or as many as there are. */
  async upTo(length: number): Promise<Buffer> {
    const parts: Buffer[] = [this.#buffer];
    let have = this.#buffer.length;
    while (have < length) {
      const { value, done } = await this.#source.next();
      if (done === true) break;
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      have += value.byteLength;
    }
    const all = parts.length === 1 ? this.#buffer : Buffer.concat(parts);
    const taken = all.subarray(0, length);
    this.#buffer = all.subarray(taken.length);
    this.#digest.update(taken);
    this.position += taken.length;
    return taken;
  }

  async exactly(length: number, what: string): Promise<Buffer> {
    const bytes = await this.upTo(length);
    if (bytes.length < length) throw new DamagedBackupError(`The file is cut short at byte ${this.position}, in ${what}.`);
    return bytes;
  }

  digest(): Buffer {
    return this.#digest.copy().digest();
  }
}
