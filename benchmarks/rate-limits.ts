/**
 * What counting a request costs: one caller, many, and a flood of addresses that never come twice, with what the flood adds to memory.
 * Medians of several rounds. `node benchmarks/rate-limits.ts`, or with `--small`, which only shows that it runs.
 */
import { createMemoryRateStore, createRateLimits, defaultAtOnce, defaultRates, UnderWay } from "#application";
import { systemClock } from "#base";
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

console.log("| what | nanoseconds |\n|---|---|");
for (const [name, time] of [...rows, ["count one of a flood, its name made up too", flood] as const])
  console.log(`| ${name} | ${time.toFixed(0)} |`);
console.log(
  `\nThe flood of ${calls.toLocaleString("en")} addresses added ${after.arrayBuffers - before.arrayBuffers} bytes of tables.`,
);
