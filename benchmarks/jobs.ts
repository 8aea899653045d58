/**
 * Jobs: how many empty ones a second, durable, and how soon one is picked up, alone and with a million waiting; what handing one over adds to
 * a transaction; what looking for jobs costs while there are none. Medians of several rounds. `node benchmarks/jobs.ts`, or with `--small`, which only
 * shows that it runs. All in one process, which hands the jobs over too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { defineBackend, defineSchema, everyone, functionsOf, jobsOf, nobody, text } from "chassis";
import { z } from "zod";
import { median } from "./measure/statistics.ts";

const isSmall = process.argv.includes("--small");
const sizes = isSmall
  ? { rounds: 1, jobs: 500, picked: 10, waiting: 5000, handed: 200, idle: 300 }
  : { rounds: 5, jobs: 20_000, picked: 200, waiting: 1_000_000, handed: 5000, idle: 20_000 };

const schema = defineSchema({ notes: { body: text() } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

let ran = 0;
let pickedUp: (() => void) | undefined;
const empty = job({}, () => void ran++);
const picked = job({ queue: "picked" }, () => pickedUp?.());
const handed = job({ queue: "waiting", input: z.object({ id: z.int() }) }, () => {});
const waits = job({ queue: "waiting" }, () => {});

const backend = defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  jobs: { empty, picked, handed, waits },
  functions: {
    fill: mutation({ access: everyone, input: z.int() }, async ({ input, enqueue }) => {
      for (let index = 0; index < input; index++) await enqueue(empty);
    }),
    pick: mutation({ access: everyone }, ({ enqueue }) => enqueue(picked)),
    /** Microseconds that handing over one job takes within a transaction. The jobs wait. */
    hand: mutation({ access: everyone, input: z.int() }, async ({ input, enqueue }) => {
      const start = performance.now();
      for (let index = 0; index < input; index++) await enqueue(handed, { id: index });
      return ((performance.now() - start) / input) * 1000;
    }),
  },
});

const folder = mkdtempSync(join(tmpdir(), "chassis-bench-jobs-"));
const platform = await createPlatform({
  backend,
  config: loadConfig({ environment: {} }),
  dataDirectory: folder,
  logger: silentLogger,
});
try {
  await measure(platform); // Warms up.
  const idle = await measureIdle();
  const alone = await inRounds(platform);
  console.log(`nothing waiting: ${describe(alone)}`);
  await letWait(platform, sizes.waiting);
  const crowded = await inRounds(platform);
  console.log(`${sizes.waiting} waiting: ${describe(crowded)}`);
  const ratios = [alone.rate / crowded.rate, crowded.pickUp / alone.pickUp].map((ratio) => ratio.toFixed(2));
  console.log(`slower by the waiting: ${ratios[0]} times in jobs a second, ${ratios[1]} times to the pick-up`);
  const handed: number[] = [];
  for (let round = 0; round < sizes.rounds; round++) handed.push(Number(await call(platform, "hand", sizes.handed)));
  console.log(`handing one over adds ${median(handed).toFixed(1)} µs to a transaction`);
  console.log(`looking for jobs where there are none takes ${(idle * 100).toFixed(2)} % of a core`);
} finally {
  await platform.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The share of a core that a process with jobs takes while nothing is asked of it. */
async function measureIdle(): Promise<number> {
  const before = process.cpuUsage();
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, sizes.idle));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - start);
}

async function inRounds(platform: Platform): Promise<Measured> {
  const rounds: Measured[] = [];
  for (let round = 0; round < sizes.rounds; round++) rounds.push(await measure(platform));
  return { rate: median(rounds.map(({ rate }) => rate)), pickUp: median(rounds.map(({ pickUp }) => pickUp)) };
}

interface Measured {
  /** Jobs a second, from the first claim on: they are handed over before. */
  readonly rate: number;
  /** Milliseconds from the call of the mutation to the first line of the handler, at the median. */
  readonly pickUp: number;
}

async function measure(platform: Platform): Promise<Measured> {
  const times: number[] = [];
  for (let index = 0; index < sizes.picked; index++) {
    const begun = new Promise<void>((resolve) => (pickedUp = resolve));
    const start = performance.now();
    await call(platform, "pick");
    await begun;
    times.push(performance.now() - start);
  }
  ran = 0;
  const start = performance.now();
  for (let left = sizes.jobs; left > 0; left -= 500) await call(platform, "fill", Math.min(500, left));
  // By the indexes: looking must not cost more where many wait.
  const isBusy = async (): Promise<boolean> =>
    ran < sizes.jobs ||
    (await platform.database.get("SELECT 1 FROM _chassis_jobs WHERE state = 'running' LIMIT 1", [])) !== undefined;
  while (await isBusy()) await new Promise((resolve) => setTimeout(resolve, 5));
  return { rate: sizes.jobs / ((performance.now() - start) / 1000), pickUp: median(times) };
}

/** Half of them ready in a queue that is paused, half of them due tomorrow. */
async function letWait({ database }: Platform, count: number): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.run("INSERT INTO _chassis_queues (name, paused) VALUES ('waiting', 1)", []);
  });
  for (let made = 0; made < count; made += 5000) {
    await database.transaction((connection) =>
      connection.run(
        `INSERT INTO _chassis_jobs (name, queue, state, priority, run_at, max_attempts, created)
          WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
          SELECT 'waits', 'waiting', CASE n % 2 WHEN 0 THEN 'ready' ELSE 'scheduled' END, 0, CAST(? AS INTEGER) + 86400000, 20, 0 FROM numbers`,
        [Date.now()],
      ),
    );
  }
}

async function call(platform: Platform, name: string, body?: unknown): Promise<string> {
  const response = await platform.fetch(
    new Request(`http://localhost/rest/v1/rpc/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  if (!response.ok) throw new Error(`${name} was answered with ${response.status}: ${text}`);
  return text;
}

function describe({ rate, pickUp }: Measured): string {
  return `${Math.round(rate)} empty jobs a second, handed over and run, durable; picked up in ${pickUp.toFixed(1)} ms at the median`;
}
