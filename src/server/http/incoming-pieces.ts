import type { IncomingMessage } from "node:http";
import type { AppError } from "#contract";
import { bodyTooLarge, callerGone } from "./body.ts";
import { CollectedBytes } from "./collected-bytes.ts";

/** Bytes that wait for whoever reads; then the connection waits. */
const MOST_WAITING = 262_144;

/**
 * The body of a request, to be read once. node:http gives a byte by itself where it was sent so, and its own iterator holds each as an object: here what came in one turn of the
 * event loop is one piece. Whoever stops half-way still wants to answer, so the connection is left as it is.
 */
export class IncomingPieces {
  readonly #request: IncomingMessage;
  readonly #limit: number;
  readonly #name: string | undefined;
  readonly #collected = new CollectedBytes();
  #size = 0;
  #isOver = false;
  #failure: AppError | undefined;
  #wake: () => void = () => {};
  #later: NodeJS.Immediate | undefined;

  /** At most `limit` bytes, else it fails with `bodyTooLarge`; `name` is the one that the limit is known by. */
  constructor(request: IncomingMessage, limit: number, name?: string) {
    this.#request = request;
    this.#limit = limit;
    this.#name = name;
  }

  /** Ends the reading with that: perhaps nothing more ever comes, and not even the end of the connection is told once it is answered. */
  readonly fail = (reason: AppError): void => {
    this.#failure ??= reason;
    this.#wake();
  };

  /** All of it. */
  async whole(): Promise<Uint8Array<ArrayBuffer>> {
    const leave = this.#listen(() => {});
    try {
      while (!this.#isOver) {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#next();
      }
      return this.#collected.whole();
    } finally {
      leave();
    }
  }

  /** As it comes. */
  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const leave = this.#listen(() => {
      if (this.#collected.size >= MOST_WAITING) this.#request.pause();
      this.#later ??= setImmediate(() => {
        this.#later = undefined;
        this.#wake();
      });
    });
    try {
      for (;;) {
        if (this.#failure !== undefined && !this.#isOver) throw this.#failure;
        if (this.#collected.size > 0) {
          yield* this.#collected.take();
          this.#request.resume();
        } else if (this.#isOver) return;
        else await this.#next();
      }
    } finally {
      leave();
    }
  }

  /** The same as a stream. */
  stream(): ReadableStream<Uint8Array> {
    const pieces = this.read();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await pieces.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        // Not waited for: it ends with the next piece, or with the connection.
        cancel: () => void pieces.return(undefined).catch(() => {}),
      },
      { highWaterMark: 0 },
    );
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Gives what ends it. */
  #listen(onPiece: () => void): () => void {
    const request = this.#request;
    const onData = (chunk: Buffer): void => {
      this.#size += chunk.length;
      if (this.#size > this.#limit) {
        request.pause();
        return this.fail(bodyTooLarge(this.#limit, this.#name));
      }
      this.#collected.add(chunk);
      onPiece();
    };
    const onEnd = (): void => {
      // It also comes, in the same turn, after a last piece that was too much: without that the rest is no body.
      if (this.#failure === undefined) this.#isOver = true;
      this.#wake();
    };
    const onClose = (): void => this.fail(callerGone());
    // An error is always followed by close; without a listener it would end the process.
    request
      .on("error", () => {})
      .on("data", onData)
      .on("end", onEnd)
      .on("close", onClose);
    // What is in front of us may have paused it until somebody reads.
    if (request.isPaused()) request.resume();
    if (request.destroyed) onClose();
    return () => {
      clearImmediate(this.#later);
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      if (!this.#isOver) request.pause();
    };
  }
}
