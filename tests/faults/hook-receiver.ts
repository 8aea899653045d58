import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunScope } from "./scope.ts";
import type { Taken } from "./sent-checker.ts";

/** What a receiver does with each message when it comes for the first time; after that it takes it. */
export const quickWays = ["fine", "error", "breaks", "breaks after it", "redirects", "closed"] as const;
/** These take until the sender has lost its patience, the first messages alone. */
export const slowWays = ["silent", "slow"] as const;
export type Way = (typeof quickWays)[number] | (typeof slowWays)[number];

const PATIENCE = 3;

export interface HookReceiver {
  readonly way: Way;
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  /** What it answered with 204. */
  readonly taken: readonly Taken[];
  /** Headers and body as they came, of all that it took. */
  readonly payloads: readonly { readonly headers: Headers; readonly payload: string }[];
  /** Requests for anywhere else than where it was asked to be sent to. */
  readonly strays: readonly string[];
  /** Lets in who has found it closed. */
  open(): Promise<void>;
}

/** A receiver of webhooks on loopback. */
export async function startReceiver(scope: RunScope, way: Way): Promise<HookReceiver> {
  const seen = new Set<string>();
  const taken: Taken[] = [];
  const payloads: { headers: Headers; payload: string }[] = [];
  const strays: string[] = [];
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.on("error", () => {});
    response.on("error", () => {});
    if (request.url !== "/hooks") strays.push(request.url ?? "");
    const id = String(request.headers["webhook-id"]);
    const isFirst = !seen.has(id) && ((way !== "silent" && way !== "slow") || seen.size < PATIENCE);
    seen.add(id);
    if (isFirst && way === "breaks") return void request.socket.destroy();
    const payload = await read(request);
    if (isFirst) {
      // It has all of it, and nobody hears so: it gets it twice.
      if (way === "breaks after it") return void request.socket.destroy();
      if (way === "error") return void response.writeHead(500).end("Not today.");
      if (way === "redirects") return void response.writeHead(307, { location: "/elsewhere" }).end();
      if (way === "silent") return;
      if (way === "slow") return drip(response);
    }
    const { data } = JSON.parse(payload) as { readonly data: { readonly row: { readonly slug: string } } };
    taken.push({ name: data.row.slug, id });
    const headers = new Headers(Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]));
    payloads.push({ headers, payload });
    response.writeHead(204).end();
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => void onRequest(request, response);
  let server = await listen(createServer(listener), 0);
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  if (way === "closed") await close();
  scope.after(close);
  return {
    way,
    url: `http://127.0.0.1:${port}/hooks`,
    host: `127.0.0.1:${port}`,
    taken,
    payloads,
    strays,
    async open() {
      if (!server.listening) server = await listen(createServer(listener), port);
    },
  };
}

function listen(server: Server, port: number): Promise<Server> {
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** A byte a second of what is no end of headers. */
function drip({ socket }: ServerResponse): void {
  const text = "HTTP/1.1 200 OK\r\nX-Slow: very slow indeed, and no end of it";
  let at = 0;
  const timer = setInterval(() => socket?.write(text.charAt(at++ % text.length)), 1000);
  socket?.on("close", () => clearInterval(timer));
}
