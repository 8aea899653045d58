import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { originAt } from "#server";

/**
 * Where `chassis dev` listens, whichever version serves: connections are handed to its process. While one version makes way for the next they wait,
 * so that nobody is refused; while there is none and nothing to wait for, each is told why.
 */
export class DevDoor {
  readonly #server: Server;
  readonly #waiting: Set<Socket> = new Set();
  #give: ((socket: Socket) => void) | undefined;
  #trouble: string | undefined;
  #origin = "";

  constructor() {
    // Nothing is read of them here: what they send is for whoever gets them.
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#onConnection(socket));
  }

  /** Rejects as a server does whose port is taken. Port 0 takes a free one. */
  async open({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, () => resolve());
    });
    this.#origin = originAt(this.#server.address() as AddressInfo);
  }

  get origin(): string {
    return this.#origin;
  }

  /** Who gets connections from now on; undefined: they wait. */
  leadTo(give: ((socket: Socket) => void) | undefined): void {
    this.#give = give;
    this.#trouble = undefined;
    if (give === undefined) return;
    for (const socket of this.#waiting) this.#settle(socket, give);
  }

  /** Nothing serves, and nothing will until something is changed. */
  explain(trouble: string): void {
    this.#give = undefined;
    this.#trouble = trouble;
    for (const socket of this.#waiting) this.#settle(socket, (each) => refuse(each, trouble));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }

  #onConnection(socket: Socket): void {
    const trouble = this.#trouble;
    if (this.#give !== undefined) this.#give(socket);
    else if (trouble !== undefined) refuse(socket, trouble);
    else {
      this.#waiting.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#waiting.delete(socket));
    }
  }

  #settle(socket: Socket, give: (socket: Socket) => void): void {
    this.#waiting.delete(socket);
    socket.removeAllListeners("close");
    give(socket);
  }
}

/** As text, for browsers as for curl. */
function refuse(socket: Socket, trouble: string): void {
  const body = Buffer.from(`${trouble}\n\nNothing is served until that is mended: chassis dev waits for a change.\n`);
  socket.on("error", () => {});
  // Read, or the answer would be cut off with what was never looked at.
  socket.resume();
  socket.setTimeout(1000, () => socket.destroy());
  socket.end(
    Buffer.concat([
      Buffer.from(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n" +
          `x-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`,
      ),
      body,
    ]),
  );
}
