/**
 * Where the server's time goes in one subject: `node benchmarks/profile.ts read`, `list` or `insert`. Microseconds are of the processor, for
 * each answer; the profiler itself takes some of them.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { caller, fillSchools } from "./data/fill-schools.ts";
import { Load } from "./load/load.ts";
import { rawRequest } from "./load/request.ts";
import { type CpuProfile, type Share, summarise } from "./profiling/summary.ts";
import { createToken, databaseIn, startChassis } from "./servers/chassis.ts";
import { type Addresses, goodReviewsBefore, laterPlaces, oneReview, visibleReviews } from "./subjects/addresses.ts";
import { insertReview } from "./subjects/inserts.ts";
import { usualConnections } from "./subjects/world.ts";

type Headers = Readonly<Record<string, string>>;

const reads =
  (addresses: () => readonly Addresses[]) =>
  (headers: Headers): readonly string[] =>
    addresses().map(({ chassis }) => rawRequest({ path: chassis, headers }));

const profiled = {
  read: { requests: reads(() => visibleReviews(5000).map(oneReview)), connections: usualConnections },
  list: { requests: reads(() => laterPlaces(2000).map(goodReviewsBefore)), connections: usualConnections },
  insert: { requests: (headers: Headers) => [insertReview(headers)], connections: 64 },
} as const;
const warmUp = 3000;
const measured = 6000;

const [subject = "read"] = process.argv.slice(2);
if (subject !== "read" && subject !== "list" && subject !== "insert") throw new Error("Say which: read, list or insert.");
await profile(subject);

async function profile(subject: keyof typeof profiled): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "chassis-profile-"));
  const load = new Load();
  try {
    await fillSchools(databaseIn(folder));
    const headers = { authorization: `Bearer ${createToken(folder, caller)}` };
    const nodeOptions = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=500"];
    const server = await startChassis({ backend: "schools", dataDirectory: folder, nodeOptions });
    const { requests, connections } = profiled[subject];
    const lane = load.lane({ name: subject, server, requests: requests(headers), connections });
    await lane.run(warmUp);
    const { rate, cpu } = await lane.run(measured);
    await server.stop();
    // Threads have profiles of their own; the main one is number 0.
    const file = readdirSync(folder).find((name) => /\.0\.\d+\.cpuprofile$/.test(name)) ?? "";
    const summary = summarise(JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile, {
      skip: warmUp,
      root: resolve(import.meta.dirname, ".."),
    });
    console.log(`${subject}: ${rate.toFixed(0)} a second, ${cpu.toFixed(1)} µs of the processor each, with the profiler on\n`);
    print("On whose behalf", summary.parts, cpu);
    print("Running itself", summary.functions, cpu);
  } finally {
    load.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(title: string, shares: readonly Share[], cpu: number): void {
  console.log(title);
  for (const { name, share } of shares.filter((each) => each.share >= 0.004).slice(0, 40)) {
    console.log(`${(share * 100).toFixed(1).padStart(6)} % ${(share * cpu).toFixed(2).padStart(7)} µs  ${name}`);
  }
  console.log("");
}
