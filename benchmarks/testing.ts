/** Measures what opening a back end in a test costs: the first time in a process, and again. */
import { cpus } from "node:os";
import { openTestBackend } from "chassis/testing";
import pathways from "../examples/pathways/backend.ts";
import quickstart from "../examples/quickstart/backend.ts";
import teams from "../examples/teams/backend.ts";

const times = 60;
const backends = { quickstart, teams, "pathways, with sign-in, jobs and mails": { ...pathways, seed: undefined } };

interface Cost {
  readonly open: number;
  readonly close: number;
  readonly processor: number;
}

async function once(backend: Parameters<typeof openTestBackend>[0]): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  const app = await openTestBackend(backend);
  const opened = performance.now();
  await app.close();
  const { user, system } = process.cpuUsage(before);
  return { open: opened - start, close: performance.now() - opened, processor: (user + system) / 1000 };
}

const median = (values: readonly number[]): string =>
  ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(1);

console.log(
  `Milliseconds, the median of ${times}, on ${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node.js ${process.version}.\n`,
);
console.log("| back end | first open | open | close | processor, open and close |\n|---|---|---|---|---|");
for (const [name, backend] of Object.entries(backends)) {
  const first = await once(backend);
  for (let warm = 0; warm < 10; warm++) await once(backend);
  const costs: Cost[] = [];
  for (let count = 0; count < times; count++) costs.push(await once(backend));
  const column = (part: keyof Cost): string => median(costs.map((cost) => cost[part]));
  console.log(`| ${name} | ${first.open.toFixed(0)} | ${column("open")} | ${column("close")} | ${column("processor")} |`);
}
