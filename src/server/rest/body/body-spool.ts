import { createHash } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#contract";
import { CollectedBytes } from "../../http/collected-bytes.ts";

/** Where bodies are kept that are too large for memory, and for how many at once there is room. */
export interface SpoolRoom {
  readonly directory: string;
  readonly maxFiles: number;
  /** Makes the name of a file that nobody else has. */
  readonly uuid: () => string;
  files: number;
  /** How many each caller has. */
  readonly held: Map<string, number>;
}

export interface SpoolOptions {
  readonly room: SpoolRoom;
  /** Who sends it: nobody takes all of the room. */
  readonly owner: string;
  /** Bytes that are kept in memory; what is longer goes to a file. */
  readonly memory: number;
  /** Called once, before the first byte goes to a file: throws where the caller has no business to send so much. */
  readonly onLarge: () => Promise<void>;
}

/**
 * A body that has come whole, and can be read more than once: so that no transaction waits for somebody's network. In memory while it is
 * small, else in a file without a name, which the operating system takes away even where the process is killed.
 */
export class BodySpool {
  readonly #options: SpoolOptions;
  readonly #hash = createHash("sha256");
  readonly #memory = new CollectedBytes();
  /** The whole of it, once it has come and is small. */
  #whole: Uint8Array | undefined;
  #file: { readonly handle: FileHandle; readonly path: string | undefined } | undefined;
  size = 0;

  private constructor(options: SpoolOptions) {
    this.#options = options;
  }

  static async receive(chunks: AsyncIterable<Uint8Array>, options: SpoolOptions): Promise<BodySpool> {
    const spool = new BodySpool(options);
    try {
      for await (const chunk of chunks) await spool.#add(chunk);
      await spool.#flush();
      return spool;
    } catch (thrown) {
      await spool.close();
      throw isFull(thrown)
        ? new AppError("unavailable", {
            details: "There is no room to keep the body of the request.",
            headers: { "retry-after": "10" },
            cause: thrown,
          })
        : thrown;
    }
  }

  /** The whole of it, where it was small enough to stay in memory. */
  get bytes(): Uint8Array | undefined {
    if (this.#file !== undefined) return undefined;
    this.#whole ??= this.#memory.whole();
    return this.#whole;
  }

  /** SHA-256 of all of it. To be called once. */
  digest(): string {
    return this.#hash.digest("base64url");
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const { bytes } = this;
    if (this.#file === undefined) {
      if (bytes !== undefined && bytes.byteLength > 0) yield bytes;
      return;
    }
    for (let position = 0; position < this.size; ) {
      const { bytesRead, buffer } = await this.#file.handle.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
      if (bytesRead === 0) throw new Error("The file of a body is shorter than the body.");
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    this.#memory.take();
    this.#whole = undefined;
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    leaveRoom(this.#options);
    await file.handle.close();
    if (file.path !== undefined) await unlink(file.path);
  }

  async #add(chunk: Uint8Array): Promise<void> {
    this.size += chunk.byteLength;
    this.#hash.update(chunk);
    this.#memory.add(chunk);
    if (this.#file === undefined) {
      if (this.size <= this.#options.memory) return;
      await this.#options.onLarge();
      this.#file = await this.#open();
    }
    if (this.#memory.size >= READ_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#file === undefined || this.#memory.size === 0) return;
    await this.#file.handle.writev(this.#memory.take());
  }

  async #open(): Promise<{ readonly handle: FileHandle; readonly path: string | undefined }> {
    const { room } = this.#options;
    takeRoom(this.#options);
    try {
      const path = join(room.directory, `body-${room.uuid()}.tmp`);
      const handle = await open(path, "wx+", 0o600);
      // Without a name nothing is left over, however the process ends. Windows keeps the name while the file is open.
      const isGone = await unlink(path).then(
        () => true,
        () => false,
      );
      return { handle, path: isGone ? undefined : path };
    } catch (error) {
      leaveRoom(this.#options);
      throw error;
    }
  }
}

function takeRoom({ room, owner }: SpoolOptions): void {
  const own = room.held.get(owner) ?? 0;
  // Whoever sends slowly on many connections must not keep all others from sending.
  const mostOfOne = Math.max(1, room.maxFiles - Math.ceil(room.maxFiles / 4));
  if (room.files >= room.maxFiles || own >= mostOfOne) {
    const are = own >= mostOfOne ? `${own} large bodies of yours are` : `${room.maxFiles} large bodies are`;
    throw new AppError("overloaded", {
      details: `${are} being received already (bulkAtOnce).`,
      headers: { "retry-after": "5" },
    });
  }
  room.files += 1;
  room.held.set(owner, own + 1);
}

function leaveRoom({ room, owner }: SpoolOptions): void {
  room.files -= 1;
  const left = (room.held.get(owner) ?? 1) - 1;
  if (left > 0) room.held.set(owner, left);
  else room.held.delete(owner);
}

const READ_BYTES = 262_144;

function isFull(thrown: unknown): boolean {
  const { code } = (thrown ?? {}) as { readonly code?: unknown };
  return code === "ENOSPC" || code === "EDQUOT" || code === "EMFILE" || code === "ENFILE" || code === "EIO";
}
