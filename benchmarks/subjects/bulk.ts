import { randomInt } from "node:crypto";
import { schoolId } from "../data/fill-schools.ts";
import { rawRequest } from "../load/request.ts";
import type { Figures } from "../report/figures.ts";
import { oneReview } from "./addresses.ts";
import { startLoop } from "./inserts.ts";
import type { World } from "./world.ts";

const rows = 100_000;

/**
 * One request of 100,000 reviews, each checked by the rules and by the references to its school and author, while somebody else
 * reads. The answer comes when all of them are on the disk.
 */
export async function bulkInsert(world: World, rounds: number): Promise<Figures> {
  const { load, chassis, callers } = world;
  const statement = await statementAlone(world);
  const results: { readonly rate: number; readonly cpu: number; readonly memory: number; readonly longest: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const body = makeRows();
    const before = chassis.memory();
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, chassis.memory())), 10);
    const read = rawRequest({ path: oneReview(round * 10 + 1).chassis, headers: callers.usual });
    try {
      // One reader for as long as it takes, a slice of time after the other.
      let longest = 0;
      const cpu = chassis.cpuTime();
      const start = performance.now();
      const insert = sendRows(chassis.port, callers.usual, body);
      let end: number | undefined;
      while (end === undefined) {
        const slice = await load.run({ port: chassis.port, requests: [read], connections: 1, milliseconds: 200 });
        longest = Math.max(longest, slice.longest);
        end = await Promise.race([insert, Promise.resolve(undefined)]);
      }
      results.push({
        rate: (rows * 1000) / (end - start),
        cpu: ((chassis.cpuTime() - cpu) * 1000) / rows,
        memory: peak - before,
        longest,
      });
    } finally {
      clearInterval(watch);
    }
  }
  const middle = (pick: (result: (typeof results)[number]) => number): number =>
    results.map(pick).sort((left, right) => left - right)[Math.floor((results.length - 1) / 2)] ?? Number.NaN;
  return {
    title: `Bulk insert of ${rows.toLocaleString("en")} rows in one request, newline-delimited JSON`,
    figures: [
      { name: "rows a second", value: middle(({ rate }) => rate), atLeast: 40_000 },
      { name: "µs of the server's processor for each", value: middle(({ cpu }) => cpu) },
      { name: "rows a second of the statement alone, in one transaction", value: statement },
      { name: "memory that it takes meanwhile, MB", value: middle(({ memory }) => memory) / 2 ** 20 },
      { name: "longest point read of another caller, ms", value: Math.max(...results.map(({ longest }) => longest)), atMost: 50 },
    ],
  };
}

async function statementAlone(world: World): Promise<number> {
  const loop = startLoop(world, "bulk");
  const { rate } = await loop.lane("", "one transaction").run(3000);
  loop.close();
  return rate;
}

function makeRows(): string {
  const lines: string[] = [];
  const salt = randomInt(1_000_000);
  for (let row = 0; row < rows; row++) {
    const school = schoolId(((row * 7919 + salt) % rows) + 1);
    const body = `Review ${salt}-${row}: good teachers, a quiet library, long queues in the canteen, and a bicycle shed that is always full.`;
    lines.push(JSON.stringify({ school, stars: 1 + (row % 5), body }));
  }
  return lines.join("\n");
}

/** When it was answered. */
async function sendRows(port: number, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/rest/v1/reviews`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/x-ndjson", prefer: "return=minimal" },
    body,
  });
  const end = performance.now();
  if (response.status !== 201) throw new Error(`The bulk insert was answered with ${response.status}: ${await response.text()}`);
  return end;
}
