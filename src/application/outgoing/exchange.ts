import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { Readable } from "node:stream";
import type { Deadline } from "./deadline.ts";
import { FetchFailedError, FetchRefusedError } from "./fetch-errors.ts";
import type { ResolvedAddress } from "./resolve-target.ts";
import type { Target } from "./target.ts";

export interface ExchangeOptions {
  readonly addresses: readonly ResolvedAddress[];
  readonly method: string;
  readonly headers: Headers;
  readonly content: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly deadline: Deadline;
  readonly ca: string | readonly string[] | undefined;
}

// Agents of our own: no connection is used twice, since it would be one that was checked for another request, and no proxy of the
// environment stands in between, since it would look the name up anew.
const plain = new HttpAgent({ keepAlive: false });
const secure = new HttpsAgent({ keepAlive: false, maxCachedSessions: 0 });

/** One request and the head of its answer, over a new connection to one of the addresses. */
export function exchange(target: Target, options: ExchangeOptions): Promise<IncomingMessage> {
  const { deadline } = options;
  return new Promise((resolve, reject) => {
    const request = open(target, options);
    const stop = (): void => {
      reject(deadline.signal.reason as Error);
      request.destroy();
    };
    const settle = (): void => deadline.signal.removeEventListener("abort", stop);
    if (deadline.signal.aborted) stop();
    deadline.signal.addEventListener("abort", stop, { once: true });
    const isSecure = target.url.protocol === "https:";
    request.once("socket", (socket: Socket) => socket.once(isSecure ? "secureConnect" : "connect", () => deadline.connected()));
    // Stays after the answer: a request whose answer came early may still fail to be sent.
    request.on("error", (error) => {
      settle();
      reject(failure(error));
    });
    // Without a listener Node closes the connection and says nothing.
    request.on("upgrade", (_message, socket: Socket) => {
      socket.destroy();
      settle();
      reject(new FetchFailedError("answer", "The server answered in another protocol."));
    });
    request.once("response", (message) => {
      settle();
      message.once("close", () => request.destroy());
      resolve(message);
    });
    send(request, options.content, reject);
  });
}

function open({ url, host, port }: Target, { addresses, method, headers, content, ca }: ExchangeOptions): ClientRequest {
  const isSecure = url.protocol === "https:";
  const length = content instanceof Uint8Array ? { "content-length": String(content.byteLength) } : {};
  const empty = content === null && ["POST", "PUT", "PATCH"].includes(method) ? { "content-length": "0" } : {};
  const shared = {
    host,
    port,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { host: url.host, ...Object.fromEntries(headers), ...length, ...empty, connection: "close" },
    setHost: false,
    lookup: pinned(addresses),
  };
  if (!isSecure) return httpRequest({ ...shared, agent: plain });
  // A certificate is for the name without the dot that ends it; an address has no name to send (RFC 6066 section 3).
  const servername = isIP(host) === 0 ? host.replace(/\.$/, "") : "";
  const authorities = ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] };
  // Said, because NODE_TLS_REJECT_UNAUTHORIZED would say otherwise for all.
  return httpsRequest({ ...shared, agent: secure, servername, rejectUnauthorized: true, ...authorities });
}

/** The addresses that were checked, whatever is asked: nothing looks the name up again. */
function pinned(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all, family }, callback) => {
    const wanted = addresses.filter((each) => (family === 4 || family === 6 ? each.family === family : true));
    const [first] = wanted;
    // Never in this turn: Node's sockets expect their look-up to take time.
    if (first === undefined) process.nextTick(callback, new FetchFailedError("name", "The host was not found."), "");
    else if (all === true) process.nextTick(callback, null, [...wanted]);
    else process.nextTick(callback, null, first.address, first.family);
  };
}

type Content = Uint8Array | AsyncIterable<Uint8Array> | null;

function send(request: ClientRequest, content: Content, fail: (error: Error) => void): void {
  if (content === null) return void request.end();
  if (content instanceof Uint8Array) return void request.end(content);
  const source = Readable.from(content, { objectMode: false });
  request.once("close", () => source.destroy());
  source.on("error", (error) => {
    fail(error);
    request.destroy();
  });
  source.pipe(request);
}

/** What Node says of a connection holds addresses, so it becomes the cause. */
function failure(error: Error): Error {
  if (error instanceof FetchRefusedError || error instanceof FetchFailedError) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code.startsWith("HPE_")) return new FetchFailedError("answer", "The server's answer is not HTTP.", error);
  if (!("code" in error) || code === "ABORT_ERR") return error;
  return new FetchFailedError("connection", "The connection failed.", error);
}
