import { connect, type Socket } from "node:net";

export interface RawReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * One connection, on which requests are written as bytes and answers are read by their length; a new one is made where the server
 * closed the last. `send` rejects where no answer comes within `bound` milliseconds.
 */
export class RawConnection {
  readonly #port: number;
  readonly #bound: number;
  #socket: Socket | undefined;

  constructor(port: number, bound: number) {
    this.#port = port;
    this.#bound = bound;
  }

  async send(bytes: Buffer, isHead: boolean): Promise<RawReply> {
    const socket = await this.#open();
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const finish = (reply: RawReply | Error): void => {
        clearTimeout(timer);
        socket.removeAllListeners("data").removeAllListeners("close").removeAllListeners("error");
        socket.on("error", () => {});
        if (reply instanceof Error || reply.headers.get("connection") === "close") this.close();
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      };
      const timer = setTimeout(
        () => finish(new Error(`No answer within ${this.#bound} ms: ${received.toString("latin1")}`)),
        this.#bound,
      );
      socket.on("data", (chunk: Buffer<ArrayBuffer>) => {
        received = Buffer.concat([received, chunk]);
        const reply = readReply(received, isHead);
        if (reply !== undefined) finish(reply);
      });
      socket.on("close", () =>
        finish(readReply(received, isHead, true) ?? new Error(`Closed without an answer: ${received.toString("latin1")}`)),
      );
      socket.on("error", () => {});
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    if (this.#socket !== undefined && !this.#socket.destroyed && this.#socket.writable) return this.#socket;
    const socket = connect(this.#port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    this.#socket = socket;
    return socket;
  }
}

function readReply(bytes: Buffer, isHead: boolean, ended = false): RawReply | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  const headers = new Map(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const length =
    isHead || status === 204 || status === 304
      ? 0
      : Number(headers.get("content-length") ?? (ended ? bytes.length - end - 4 : Number.NaN));
  if (Number.isNaN(length)) return undefined;
  if (bytes.length < end + 4 + length) return undefined;
  return { status, headers, body: bytes.subarray(end + 4, end + 4 + length).toString("utf8") };
}
