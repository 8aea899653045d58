import { connect, type Socket } from "node:net";
import { noRateLimits } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { createHostCheck } from "../../clients/host-check.ts";
import { createClientReader } from "../../clients/read-client.ts";
import { createCors } from "../cors.ts";
import type { Handler } from "../incoming.ts";
import { defaultHttpLimits, type HttpLimits } from "../limits.ts";
import { Listener } from "../listener.ts";
import { createResponder } from "../responder.ts";
import { createRouter, type Route } from "../router.ts";

const text = (body: string): Awaited<ReturnType<Handler>> => ({ status: 200, headers: { "content-type": "text/plain" }, body });
const never = new Promise<never>(() => {});

const routes: readonly Route[] = [
  {
    path: "/hello",
    methods: { GET: () => text("hello"), POST: async (exchange) => text(`got ${(await exchange.body()).byteLength}`) },
  },
  { path: "/echo", methods: { POST: async (exchange) => ({ status: 200, headers: {}, body: await exchange.body() }) } },
  { path: "/ignores-body", methods: { POST: () => text("fine") } },
  { path: "/tree", subtree: (exchange) => text(exchange.segments.join("|")) },
  { path: "/hangs", methods: { GET: () => never } },
  { path: "/slow", methods: { GET: () => new Promise((resolve) => setTimeout(resolve, 150, text("slow"))) } },
  {
    path: "/throws",
    methods: {
      GET: () => {
        throw new Error("secret detail");
      },
    },
  },
  {
    path: "/stream",
    methods: { GET: () => ({ status: 200, headers: {}, body: new Blob(["one ", "two"]).stream() }) },
  },
  {
    path: "/breaks",
    methods: {
      GET: () => ({
        status: 200,
        headers: {},
        body: new ReadableStream({
          start: (controller) => controller.enqueue(Buffer.from("begun")),
          pull: () => new Promise((_, reject) => setTimeout(reject, 50, new Error("broken"))),
        }),
      }),
    },
  },
  {
    path: "/abort",
    methods: {
      GET: (exchange) =>
        new Promise((_, reject) => exchange.signal.addEventListener("abort", () => reject(exchange.signal.reason))),
    },
  },
];

export interface Running {
  readonly listener: Listener;
  readonly port: number;
  readonly url: string;
  readonly logged: object[];
}

export async function start(limits: Partial<HttpLimits> = {}): Promise<Running> {
  const logged: object[] = [];
  const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) };
  const respond = createResponder({
    router: createRouter({ routes }),
    cors: createCors({ origins: [] }),
    rates: noRateLimits,
    logger,
    clock: systemClock,
    accessLog: true,
  });
  const listener = new Listener({
    readClient: createClientReader({ trusted: [], header: "x-forwarded-for" }),
    checkHost: createHostCheck({ baseUrl: undefined, allowedHosts: ["*"] }),
    respond,
    limits: { ...defaultHttpLimits, ...limits },
    clock: systemClock,
    ids: createIdSource(systemClock),
    logger,
  });
  const url = await listener.listen({ host: "127.0.0.1", port: 0 });
  return { listener, url, port: Number(new URL(url).port), logged };
}

/** Sends bytes as they are and gives all that comes back until the server closes, or until `enough` is seen. */
export function raw(
  port: number,
  bytes: string | Buffer,
  options: { enough?: RegExp; onConnect?: (socket: Socket) => void } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`Nothing more came after ${JSON.stringify(received)}.`));
    }, 5000);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      received += chunk;
      if (options.enough?.test(received)) finish();
    });
    socket.on("close", finish).on("error", () => {});
    socket.write(bytes);
    options.onConnect?.(socket);
  });
}

export const bodyOf = (answer: string): { code: string; details: string | null } =>
  JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
export const get = (path: string, headers = ""): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;
