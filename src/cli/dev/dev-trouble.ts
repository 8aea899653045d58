import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isFromHere } from "#server";

/** How long somebody has to send what they ask, and to read the answer: milliseconds. */
const PATIENCE_MILLISECONDS = 1000;

/**
 * What everybody is answered while nothing is served: 503, as text, for browsers as for curl. What is wrong is told to whoever sits at this machine alone. It has lines of the source and paths,
 * and perhaps what an error of the back end's own code says; a page of a stranger whose name points here (DNS rebinding), or somebody else in the network, is sent to the terminal.
 */
export class DevTrouble {
  readonly #trouble: string;
  readonly #server: Server;

  constructor(trouble: string) {
    this.#trouble = trouble;
    // As in the server's own listener: an import of node:http would load all of it at every start.
    const { createServer } = process.getBuiltinModule("node:http");
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on("clientError", (_, socket) => void socket.destroy());
  }

  /** A connection of which nothing was read yet. */
  readonly take = (socket: Socket): void => {
    socket.on("error", () => {});
    socket.setTimeout(PATIENCE_MILLISECONDS, () => socket.destroy());
    this.#server.emit("connection", socket);
    socket.resume();
  };

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", socket, headers } = request;
    const isHere = isFromHere({
      method,
      remoteAddress: socket.remoteAddress,
      header: (name) => headers[name] as string | undefined,
    });
    const what = isHere ? this.#trouble : "Something is wrong with the back end. The terminal of chassis dev says what.";
    // Read, or the answer would be cut off with what was never looked at.
    request.resume();
    response.writeHead(503, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-resource-policy": "same-origin",
      connection: "close",
    });
    response.end(`${what}\n\nNothing is served until that is mended: chassis dev waits for a change.\n`);
  }
}
