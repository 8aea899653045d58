import { connect, type Socket } from "node:net";

/** Heard for every answer; gives the next request, or undefined when there is none to send any more. */
export type OnAnswer = (answer: {
  readonly status: number;
  readonly milliseconds: number;
  readonly head: string;
}) => string | undefined;

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const CLOSE = /\r\nconnection: *close/i;

/**
 * One HTTP/1.1 connection that is kept open and has one request under way at a time. It reads no more of an answer than
 * its status and where it ends, because every instruction here is load that the server does not get.
 */
export class LoadConnection {
  readonly #port: number;
  readonly #onAnswer: OnAnswer;
  #socket: Socket | undefined;
  #received: Buffer | undefined;
  #sent = 0;
  #finish: (() => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(port: number, onAnswer: OnAnswer) {
    this.#port = port;
    this.#onAnswer = onAnswer;
  }

  /** Sends that request and whatever `onAnswer` gives after it; resolves when it gives nothing more. */
  run(first: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
      this.#open(first);
    });
  }

  #open(request: string): void {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true }, () => this.#send(request));
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("error", (error) => this.#fail?.(error));
    socket.on("close", () => {
      if (this.#socket === socket) this.#fail?.(new Error("The server closed the connection."));
    });
  }

  #send(request: string): void {
    this.#sent = performance.now();
    this.#socket?.write(request, "latin1");
  }

  #onData(chunk: Buffer): void {
    const received = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = received.indexOf(HEAD_END);
    const head = headEnd === -1 ? undefined : received.toString("latin1", 0, headEnd);
    if (head === undefined || !isWhole(received, head, headEnd + HEAD_END.length)) {
      this.#received = received;
      return;
    }
    this.#received = undefined;
    const next = this.#onAnswer({ status: Number(head.slice(9, 12)), milliseconds: performance.now() - this.#sent, head });
    const closing = CLOSE.test(head);
    if (next === undefined || closing) {
      const socket = this.#socket;
      this.#socket = undefined;
      socket?.destroy();
    }
    if (next === undefined) this.#finish?.();
    else if (closing) this.#open(next);
    else this.#send(next);
  }
}

function isWhole(received: Buffer, head: string, bodyStart: number): boolean {
  const length = CONTENT_LENGTH.exec(head)?.[1];
  if (length !== undefined) return received.length >= bodyStart + Number(length);
  if (CHUNKED.test(head)) return received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  // 204 and 304 have no body.
  return true;
}
