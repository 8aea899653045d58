import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { originAt } from "#server";
import { DevTrouble } from "./dev-trouble.ts";

/**
 * Where `chassis dev` listens, whichever version serves: connections are handed to its process. While one version makes way for the next they wait,
 * so that nobody is refused; while there is none and nothing to wait for, each is told why.
 */
export class DevDoor {
  readonly #server: Server;
  readonly #waiting: Set<Socket> = new Set();
  #give: ((socket: Socket) => void) | undefined;
  #trouble: DevTrouble | undefined;
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
    this.#trouble = new DevTrouble(trouble);
    for (const socket of this.#waiting) this.#settle(socket, this.#trouble.take);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }

  #onConnection(socket: Socket): void {
    const trouble = this.#trouble;
    if (this.#give !== undefined) this.#give(socket);
    else if (trouble !== undefined) trouble.take(socket);
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
