/**
 * Where the server's time goes in one subject: `node benchmarks/profile.ts read` or `list`. Microseconds are of the processor, for
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
import { goodReviewsBefore, laterPlaces, oneReview, visibleReviews } from "./subjects/addresses.ts";
import { usualConnections } from "./subjects/world.ts";

const addresses = {
  read: () => visibleReviews(5000).map(oneReview),
  list: () => laterPlaces(2000).map(goodReviewsBefore),
} as const;
const warmUp = 3000;
const measured = 6000;

const [subject = "read"] = process.argv.slice(2);
if (subject !== "read" && subject !== "list") throw new Error("Say which: read or list.");
await profile(subject);

async function profile(subject: keyof typeof addresses): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "chassis-profile-"));
  const load = new Load();
  try {
    await fillSchools(databaseIn(folder));
    const headers = { authorization: `Bearer ${createToken(folder, caller)}` };
    const nodeOptions = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=500"];
    const server = await startChassis({ backend: "schools", dataDirectory: folder, nodeOptions });
    const requests = addresses[subject]().map(({ chassis }) => rawRequest({ path: chassis, headers }));
    const lane = load.lane({ name: subject, server, requests, connections: usualConnections });
    await lane.run(warmUp);
    const { rate, cpu } = await lane.run(measured);
    await server.stop();
    const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile")) ?? "";
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
