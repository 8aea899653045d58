/**
 * What counting a request costs: one caller, many, and a flood of addresses that never come twice, with what the flood adds to memory.
 * Medians of several rounds. `node benchmarks/rate-limits.ts`, or with `--small`, which only shows that it runs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDatabaseRateStore,
  createMemoryRateStore,
  createRateLimits,
  createRateTable,
  defaultAtOnce,
  defaultRates,
  UnderWay,
} from "#application";
import { systemClock } from "#base";
import { openSqlite } from "#database";
import { createClientReader, createHostCheck } from "#server";
import { median } from "./measure/statistics.ts";

const isSmall = process.argv.includes("--small");
const calls = isSmall ? 20_000 : 1_000_000;
const rounds = isSmall ? 1 : 5;

/** Nanoseconds a call. */
async function measure(work: (index: number) => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const started = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) {
      const result = work(index);
      if (result instanceof Promise) await result;
    }
    // The first one is for the compiler.
    if (round > 0) times.push(Number(process.hrtime.bigint() - started) / calls);
  }
  return median(times);
}

const unlimited = { ...defaultRates, requests: { amount: 1e9, per: 1000 } };
const limits = createRateLimits({ store: createMemoryRateStore(systemClock), rates: unlimited });
const addresses = Array.from({ length: 5000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
const underWay = new UnderWay(defaultAtOnce);
const socket = { remoteAddress: "192.0.2.1", localAddress: "127.0.0.1" };
const readClient = createClientReader({ trusted: [], header: "x-forwarded-for" });
const readForwarded = createClientReader({ trusted: ["192.0.2.0/24"], header: "x-forwarded-for" });
const checkHost = createHostCheck({ baseUrl: undefined, allowedHosts: [] });
const headers: Readonly<Record<string, string>> = { host: "localhost:4000", "x-forwarded-for": "198.51.100.1, 203.0.113.9" };
const header = (name: string): string | undefined => headers[name];

const rows: readonly (readonly [string, number])[] = [
  ["count a request of one address", await measure(() => limits.take("requests", "192.0.2.1"))],
  ["count one of 5,000 addresses", await measure((index) => limits.take("requests", addresses[index % 5000]))],
  ["who sent it, no proxy", await measure(() => readClient(socket, header))],
  ["who sent it, behind a proxy", await measure(() => readForwarded(socket, header))],
  ["is the host ours", await measure(() => checkHost(headers["host"], socket))],
  ["have it under way, and over", await measure(() => underWay.during("readsAtOnce", "192.0.2.1", () => undefined))],
];
const before = process.memoryUsage();
const flood = await measure((index) => limits.take("requests", `2001:db8:${index & 65_535}:${index >> 16}::/64`));
const after = process.memoryUsage();

const folder = mkdtempSync(join(tmpdir(), "chassis-rates-"));
const database = await openSqlite({ path: join(folder, "chassis.db") });
await database.transaction(createRateTable);
const shared = createDatabaseRateStore({ database, key: new Uint8Array(32), clock: systemClock });
const plenty = { amount: 1e6, per: 1000 };
const tries = isSmall ? 200 : 5000;

/** Microseconds of the processor, and of the clock, for one take where so many are under way. */
async function measureShared(atOnce: number, work: (index: number) => Promise<unknown>): Promise<string> {
  const began = performance.now();
  const before = process.cpuUsage();
  let index = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (index < tries) await work(index++);
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return `${((user + system) / tries).toFixed(1)} | ${(((performance.now() - began) * 1000 * atOnce) / tries).toFixed(0)} |`;
}
const take = (index: number): Promise<unknown> => Promise.resolve(shared.take("signIns", `192.0.2.${index % 5000}`, plenty, 1));
await measureShared(64, take);
const inDatabase: readonly (readonly [string, string])[] = [
  ["count in the database, one at a time", await measureShared(1, take)],
  ["count in the database, 64 at once", await measureShared(64, take)],
  [
    "refuse one who has had enough",
    await measureShared(64, () => Promise.resolve(shared.take("signIns", "x", { amount: 1, per: 1e9 }, 1))),
  ],
];
await database.close();
rmSync(folder, { recursive: true });

console.log("| what | nanoseconds |\n|---|---|");
for (const [name, time] of [...rows, ["count one of a flood, its name made up too", flood] as const])
  console.log(`| ${name} | ${time.toFixed(0)} |`);
console.log(
  `\nThe flood of ${calls.toLocaleString("en")} addresses added ${after.arrayBuffers - before.arrayBuffers} bytes of tables.`,
);

console.log("\n| what | µs of the processor | µs until it is told |\n|---|---|---|");
for (const [name, times] of inDatabase) console.log(`| ${name} | ${times}`);
