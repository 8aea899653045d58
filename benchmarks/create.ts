/**
 * From nothing to the first answer, as whoever begins a site waits for it: `chassis create`, with its packages, then `chassis dev` until the data API answers. Five times; the median of
 * each part, by the clock and by the processor. The package of the copy is built before.
 *
 *     node benchmarks/create.ts
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROUNDS = 5;
const PATIENCE = 60_000;
const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

interface Part {
  /** Milliseconds. */
  readonly clock: number;
  readonly processor: number;
}

const folder = mkdtempSync(join(tmpdir(), "create-"));
try {
  await run([main, "create", join(folder, "first"), "--yes"]);
  const rounds: { readonly create: Part; readonly answer: Part }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const site = join(folder, `site-${round}`);
    const create = await run([main, "create", site, "--yes"]);
    rounds.push({ create, answer: await firstAnswer(site) });
  }
  const median = (values: readonly number[]): string =>
    `${Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0)} ms`;
  const parts = [
    ["create, with its packages", rounds.map(({ create }) => create)],
    ["dev, to the first answer", rounds.map(({ answer }) => answer)],
    [
      "both",
      rounds.map(({ create, answer }) => ({
        clock: create.clock + answer.clock,
        processor: create.processor + answer.processor,
      })),
    ],
  ] as const;
  for (const [name, all] of parts)
    process.stdout.write(
      `${name.padEnd(28)}${median(all.map(({ clock }) => clock)).padStart(10)}${median(all.map(({ processor }) => processor)).padStart(10)} of the processor\n`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs Node.js to its end. */
async function run(args: readonly string[]): Promise<Part> {
  const [began, before] = [performance.now(), childTime()];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}.`);
  return { clock: performance.now() - began, processor: childTime() - before };
}

async function firstAnswer(site: string): Promise<Part> {
  const [began, before] = [performance.now(), childTime()];
  const port = await freePort();
  const program = join(site, "node_modules/chassis/cli/main.js");
  const child = spawn(process.execPath, [program, "dev", "--port", String(port)], { cwd: site, stdio: "ignore" });
  const ended = once(child, "close");
  let clock: number | undefined;
  while (clock === undefined && performance.now() - began < PATIENCE) {
    const answer = await fetch(`http://127.0.0.1:${port}/rest/v1/posts`).catch(() => undefined);
    if (answer?.ok === true) clock = performance.now() - began;
    else await wait(5);
  }
  child.kill("SIGTERM");
  await ended;
  if (clock === undefined) throw new Error("It did not answer within a minute.");
  return { clock, processor: childTime() - before };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  return address.port;
}

/** Of all processes that this one began, and theirs, which have ended: proc(5), in hundredths of a second. Zero where it is not told. */
function childTime(): number {
  if (!existsSync("/proc/self/stat")) return 0;
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
