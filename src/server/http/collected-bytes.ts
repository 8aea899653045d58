/** Pieces from this size on are kept as they came. */
const LARGE = 4096;
const BLOCK = 65_536;

/**
 * Bytes that came in pieces, however small: those are copied together, since each would be an object of its own and keep the buffer that it was cut from. HTTP lets whoever sends
 * make a piece of every byte, and ten megabytes of those were gigabytes.
 */
export class CollectedBytes {
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  /** A small one that no other has followed yet: most bodies are no more than that, and a block would cost more than all else of them. */
  #single: Uint8Array<ArrayBuffer> | undefined;
  #block: Uint8Array<ArrayBuffer> | undefined;
  #used = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    this.#size += piece.byteLength;
    if (piece.byteLength >= LARGE) {
      this.#close();
      this.#pieces.push(piece as Uint8Array<ArrayBuffer>);
      return;
    }
    if (this.#block === undefined && this.#single === undefined) {
      this.#single = piece as Uint8Array<ArrayBuffer>;
      return;
    }
    if (this.#single !== undefined) {
      this.#copy(this.#single);
      this.#single = undefined;
    }
    this.#copy(piece);
  }

  /** All of them, in few pieces, which are not kept any longer. */
  take(): readonly Uint8Array<ArrayBuffer>[] {
    this.#close();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#size = 0;
    return pieces;
  }

  /** All of them, as one. */
  whole(): Uint8Array<ArrayBuffer> {
    if (this.#single !== undefined && this.#pieces.length === 0) {
      const single = this.#single;
      this.#single = undefined;
      this.#size = 0;
      return single;
    }
    const pieces = this.take();
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }

  #copy(piece: Uint8Array): void {
    if (this.#block !== undefined && this.#used + piece.byteLength > this.#block.byteLength) this.#close();
    // What is left is mostly small: a block for all of it would be filled with nothing.
    this.#block ??= new Uint8Array(this.#size < LARGE ? LARGE : BLOCK);
    this.#block.set(piece, this.#used);
    this.#used += piece.byteLength;
  }

  #close(): void {
    if (this.#single !== undefined) {
      // A copy, for it may be a small part of what it was cut from.
      this.#pieces.push(new Uint8Array(this.#single));
      this.#single = undefined;
      return;
    }
    if (this.#block === undefined) return;
    if (this.#used === 0) return;
    // One that is mostly empty would be kept for a few bytes.
    const isFull = this.#used * 2 >= this.#block.byteLength;
    this.#pieces.push(isFull ? this.#block.subarray(0, this.#used) : this.#block.slice(0, this.#used));
    if (isFull) this.#block = undefined;
    this.#used = 0;
  }
}
