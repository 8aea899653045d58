import { spawn } from "node:child_process";

/**
 * Everything that can be said of the code without running it, two checks at a time; all of them run, whatever the first says.
 * `npm run check`, or some of them by name: `npm run check types lint`.
 */
const checks = ["types", "lint", "format", "unused", "shape", "lockfile", "sbom"] as const;

interface Outcome {
  readonly check: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !checks.some((check) => check === name));
if (unknown.length > 0) {
  console.error(`There is no check '${unknown.join("', '")}'. There are: ${checks.join(", ")}.`);
  process.exit(2);
}

const waiting = checks.filter((check) => asked.length === 0 || asked.includes(check));
const outcomes: Outcome[] = [];
await Promise.all([work(), work()]);
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;

async function work(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const outcome = await run(check);
    outcomes.push(outcome);
    console.log(`${outcome.ok ? "passed" : "FAILED"}  ${check.padEnd(10)} ${outcome.seconds.toFixed(1)} s`);
    if (!outcome.ok) console.log(outcome.output.replace(/^/gm, "    "));
  }
}

function run(check: string): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "--silent", check], {
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ check, ok: code === 0, seconds: (performance.now() - start) / 1000, output: output.trimEnd() });
    });
  });
}
