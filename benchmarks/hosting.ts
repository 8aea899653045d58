/**
 * What it costs to have a back end within an app of one's own: the same read by id, by its own listener, by `handle` on a server of node:http, within Express, and by
 * `fetch` without a network. Microseconds of the server's processor for one request, the median of rounds in turn; whoever asks is another process.
 * `node benchmarks/hosting.ts`, or with `--small`, which only shows that it runs.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, get, type RequestListener } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { defineBackend, defineSchema, everyone, openBackend, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { median } from "./measure/statistics.ts";

const isSmall = process.argv.includes("--small");
const requests = isSmall ? 500 : 4_000;
const rounds = isSmall ? 1 : 5;
const connections = 16;

/** Asks so often, on so many connections at once. */
async function askAll(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = requests;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`It answered ${response.statusCode}.`));
        response.resume().on("end", resolve);
      }).on("error", reject);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await ask();
    }),
  );
  agent.destroy();
}

const [, , role, address = ""] = process.argv;
if (role === "ask") {
  await askAll(address);
} else {
  await measureAll();
}

async function measureAll(): Promise<void> {
  const backend = defineBackend(defineSchema({ notes: { body: text() } }), {
    rules: { notes: () => ({ read: everyone, write: everyone }) },
  });
  const folder = mkdtempSync(join(tmpdir(), "chassis-hosting-"));
  const environment = { CHASSIS_RATE_REQUESTS: "100000000/1m", PORT: "0" };
  const platform = await createPlatform({
    backend,
    config: loadConfig({ environment }),
    dataDirectory: join(folder, "own"),
    logger: silentLogger,
  });
  const own = await platform.listen();
  const opened = await openBackend(backend, { dataDirectory: join(folder, "hosted"), environment, logger: silentLogger });
  const idOf = async (fetch: typeof opened.fetch): Promise<string> => {
    const init = {
      method: "POST",
      body: '{"body":"one"}',
      headers: { "content-type": "application/json", prefer: "return=representation" },
    };
    const answer = await fetch(new Request("http://localhost/rest/v1/notes", init), { address: null });
    const [row] = (await answer.json()) as [{ id: string }];
    return row.id;
  };
  const path = `/rest/v1/notes/${await idOf(opened.fetch)}`;
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  };
  const app = express();
  app.use(opened.handle);
  const plain = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"body":"one"}');
  });
  const node = await serve((request, response) => opened.handle(request, response));
  const within = await serve(app);
  const ownPath = `/rest/v1/notes/${await idOf(platform.fetch)}`;

  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a server of node:http that answers the same bytes", () => asked(plain + path)],
    ["its own listener", () => asked(own + ownPath)],
    ["`handle` on a server of node:http", () => asked(node + path)],
    ["`handle` within Express", () => asked(within + path)],
    [
      "`fetch`, without a network",
      async () => {
        for (let count = 0; count < requests; count++)
          await (await opened.fetch(new Request(`http://localhost${path}`), { address: "192.0.2.1" })).text();
      },
    ],
  ];
  const times = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, work] of ways) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      // The first one is for the compiler.
      if (round > 0) times.get(name)?.push((user + system) / requests);
    }
  console.log("| way | µs of the processor |\n|---|---|");
  for (const [name, own] of times) console.log(`| ${name} | ${median(own).toFixed(1)} |`);
  await Promise.all([opened.close(), platform.close()]);
  rmSync(folder, { recursive: true });
  process.exit();
}

async function asked(url: string): Promise<void> {
  const child = fork(import.meta.filename, ["ask", url, ...(isSmall ? ["--small"] : [])]);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`Whoever asks ended with ${code}.`);
}
