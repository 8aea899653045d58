import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { FetchFailedError, FetchRefusedError } from "./fetch-errors.ts";
import { type FetchSafelyOptions, fetchSafely } from "./fetch-safely.ts";

/** What a server was asked. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TestServer {
  readonly port: number;
  /** With the address, which `allow` has to name. */
  readonly origin: string;
  readonly allow: string;
  readonly asked: Asked[];
  /** Connections that came, whatever was said on them. */
  readonly connections: () => number;
  /** Connections that are open. */
  readonly open: () => number;
}

/** For hooks.example, signed by itself, until 2126. */
export const certificate: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSS2N59DTvF8Z4a1I
SBvgPcamqtenQt37DHqWYI+x0Y+hRANCAAQQ8K5K6dDocXJI2G1BD8cfarJNyyLK
mjlpBeWRegPkBNPO26NsFxu8lanU7dlsrP26scGZS4hkN3iKfRVr3jh5
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUI4uf99NpaQcxkb+0soy7yAhsoMgwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNaG9va3MuZXhhbXBsZTAgFw0yNjExMjUyMzQ0MjFaGA8yMTI2
MTEwMTIzNDQyMVowGDEWMBQGA1UEAwwNaG9va3MuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABBDwrkrp0OhxckjYbUEPxx9qsk3LIsqaOWkF5ZF6A+QE
087bo2wXG7yVqdTt2Wys/bqxwZlLiGQ3eIp9FWveOHmjbTBrMB0GA1UdDgQWBBQ9
itYGAW1B43tHhCwXs1bJ/6T0CDAfBgNVHSMEGDAWgBQ9itYGAW1B43tHhCwXs1bJ
/6T0CDAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDWhvb2tzLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSAAwRQIhALbFmt1uL/SX4muarsNdautCW6ESVg5LknqEFpb6
xdmxAiBmfsrSeyzrp0xZwjLLZFSv+dP7Vp65mKAvfvMIh+z8tA==
-----END CERTIFICATE-----
`,
};

export interface TestServerOptions {
  readonly secure?: boolean;
}

/** A real server on loopback, closed when the test ends. It answers when it has read the whole request. */
export async function startServer(t: TestContext, answer: RequestListener, options: TestServerOptions = {}): Promise<TestServer> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    const { method = "", url = "", headers } = request;
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.once("end", () => {
      asked.push({ method, url, headers, body });
      answer(request, response);
    });
  };
  const server = options.secure ? createSecureServer(certificate, listener) : createServer(listener);
  const { port, connections, open } = await listen(t, server);
  const scheme = options.secure ? "https" : "http";
  return { port, origin: `${scheme}://127.0.0.1:${port}`, allow: `127.0.0.1:${port}`, asked, connections, open };
}

/** Starts any server on a port of its own. */
export async function listen(t: TestContext, server: Server): Promise<Pick<TestServer, "port" | "connections" | "open">> {
  let connections = 0;
  const sockets = new Set<object>();
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    t.after(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections, open: () => sockets.size };
}

/** What is thrown, which must be one of the two errors. */
export async function refusal(work: Promise<unknown>): Promise<FetchRefusedError | FetchFailedError> {
  const thrown = await work.then(
    () => assert.fail("Nothing was refused."),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof FetchRefusedError || thrown instanceof FetchFailedError, String(thrown));
  return thrown;
}

export async function refusalCode(address: string, options?: FetchSafelyOptions): Promise<string> {
  return (await refusal(fetchSafely(address, options))).code;
}

/** Until what is closed has been seen to be. */
export async function closed(server: TestServer): Promise<void> {
  const deadline = performance.now() + 2000;
  while (server.open() > 0 && performance.now() < deadline) await wait(5);
  assert.equal(server.open(), 0);
}

export function startHello(t: TestContext): Promise<TestServer> {
  return startServer(
    t,
    (_request, response) => void response.writeHead(200, { "content-type": "text/plain", "x-a": "b" }).end("Hello"),
  );
}
