import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { requireCommand } from "../support/requirements.ts";

// `npm run runtimes`: all of a back end on Bun and on Deno, from the source and from the built package. They are 200 MB: their package.json is one
// of its own, which nobody installs who does not ask for it.

const root = resolve(import.meta.dirname, "../..");
const programs = join(import.meta.dirname, "programs");
const folder = mkdtempSync(join(tmpdir(), "chassis-runtimes-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

if (!existsSync(join(programs, "node_modules")))
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: programs, stdio: "inherit" });

interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  readonly hashesPasswords: boolean;
}

const runtimes: readonly Runtime[] = [
  { name: "bun", command: [programOf("@oven", "bun-linux-", "bin/bun")], hashesPasswords: true },
  { name: "deno", command: [programOf("@deno", "linux-", "deno"), "run", "--allow-all"], hashesPasswords: false },
];

/** The binary for this machine lies in an optional package: no script has to fetch it. */
function programOf(scope: string, prefix: string, path: string): string {
  const names = { x64: "x64", arm64: "aarch64" } as const;
  const machine = names[process.arch as keyof typeof names] ?? process.arch;
  const candidates = [
    `${prefix}${machine}`,
    `${prefix}${process.arch}`,
    `${prefix}${process.arch}-glibc`,
    `${prefix}${machine}-glibc`,
  ];
  const found = candidates.map((name) => join(programs, "node_modules", scope, name, path)).find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`There is no program of ${scope} for ${process.platform} ${process.arch} in ${programs}.`);
  return found;
}

let built: string | undefined;

/** A project that has the built package, as one has it from npm. */
function builtProject(): string {
  if (built !== undefined) return built;
  built = join(folder, "project");
  mkdirSync(join(built, "node_modules"), { recursive: true });
  const dist = join(built, "node_modules/chassis");
  execFileSync(process.execPath, [join(root, "tools/build.ts"), dist], { cwd: root, stdio: "inherit" });
  for (const name of Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies as object)) {
    const link = join(built, "node_modules", name);
    mkdirSync(resolve(link, ".."), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  // Deno takes nothing from node_modules that a package.json does not name.
  writeFileSync(join(built, "package.json"), '{"type":"module","dependencies":{"chassis":"*"}}\n');
  cpSync(join(import.meta.dirname, "scenario.ts"), join(built, "scenario.ts"));
  return built;
}

let runs = 0;

async function runScenario(
  { command }: Runtime,
  scenario: string,
  { signIn, trace = [] }: { readonly signIn: boolean; readonly trace?: readonly string[] },
): Promise<{ readonly steps: ReadonlyMap<string, Record<string, unknown>>; readonly failed: string | undefined }> {
  const data = join(folder, `data-${++runs}`);
  const [program, ...rest] = [...trace, ...command, scenario, data];
  const run = promisify(execFile)(program, rest, {
    timeout: 60_000,
    env: { ...process.env, SIGN_IN: signIn ? "on" : "off" },
  });
  const { stdout, stderr, failed } = await run.then(
    (output) => ({ ...output, failed: false }),
    (error: { stdout: string; stderr: string }) => ({ ...error, failed: true }),
  );
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  const steps = new Map(
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).map((step) => [String(step["step"]), step]),
  );
  return { steps, failed: failed ? stderr : undefined };
}

const expected: Readonly<Record<string, object>> = {
  opened: {},
  written: { status: 201 },
  client: { same: "by the client" },
  streamed: { status: 201 },
  read: { status: 200, rows: [{ body: "row 0" }, { body: "row 1" }, { body: "row 10" }] },
  searched: { status: 200 },
  refused: { status: 400, code: "PGRST100" },
  job: {},
  handled: { read: 200, written: 201 },
  closed: { underWay: 200, after: 503 },
};
const withSignIn: Readonly<Record<string, object>> = { ...expected, "sign-up": { status: 202 }, "sign-in": { status: 401 } };

function assertAll(
  steps: ReadonlyMap<string, object>,
  wanted: Readonly<Record<string, object>>,
  failed: string | undefined,
): void {
  assert.equal(failed, undefined);
  for (const [step, more] of Object.entries(wanted)) assert.deepEqual(steps.get(step), { step, ...more });
}

/** The command itself: it listens, answers, and ends by a signal once what is under way is answered. */
async function runCommand({ command }: Runtime, main: string): Promise<void> {
  const [program, ...rest] = [...command, main, "start", join(root, "examples/quickstart")];
  const child = spawn(program, rest, {
    env: { ...process.env, PORT: "0", CHASSIS_DATA: join(folder, `data-${++runs}`), CHASSIS_LOG_FORMAT: "json" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  let url: string | undefined;
  for (let waited = 0; url === undefined && waited < 20_000 && child.exitCode === null; waited += 50) {
    url = /"url":"([^"]+)"/.exec(text)?.[1];
    await pause(50);
  }
  assert.ok(url !== undefined, text);
  assert.deepEqual(await (await fetch(`${url}/rest/v1/books`)).json(), []);
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  assert.deepEqual(await exited, [0, null], text);
}

const strace = requireCommand({ skip: console.log }, { names: ["strace"], howToGet: "apt-get install strace" });

for (const runtime of runtimes) {
  const [program = ""] = runtime.command;
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).split("\n")[0];
  for (const [from, scenario] of [
    ["source", join(import.meta.dirname, "scenario.ts")],
    ["the built package", join(builtProject(), "scenario.ts")],
  ] as const) {
    const signIn = runtime.hashesPasswords;
    const { steps, failed } = await runScenario(runtime, scenario, { signIn });
    assertAll(steps, signIn ? withSignIn : expected, failed);
    if (!signIn) {
      const refused = await runScenario(runtime, scenario, { signIn: true });
      assert.match(refused.failed ?? "", /this runtime has no Argon2id .* Node\.js or Bun/);
    }
    console.log(`${runtime.name} (${version}) from ${from}: all steps${signIn ? "" : ", and sign-in refused with a reason"}`);
  }
  await runCommand(runtime, join(root, "src/cli/main.ts"));
  console.log(`${runtime.name}: chassis start, and its end by SIGTERM`);
  if (strace === undefined) continue;
  // What was acknowledged is on the disk: by the same calls of the system as with Node.js.
  const trace = join(folder, "trace");
  const scenario = join(import.meta.dirname, "scenario.ts");
  // A runtime that is traced may never end by itself (Deno, sometimes): what counts is what was traced until then. All of the group is ended.
  await runScenario(runtime, scenario, {
    signIn: false,
    trace: ["timeout", "--kill-after=2", "30", strace, "--seccomp-bpf", "-f", "-e", "trace=fdatasync", "-o", trace],
  });
  const synced = readFileSync(trace, "utf8").match(/fdatasync.*= 0$/gm)?.length ?? 0;
  // Four writes that somebody waited for, one after the other.
  assert.ok(synced >= 4, `${synced} calls of fdatasync`);
  console.log(`${runtime.name}: ${synced} calls of fdatasync for its writes`);
}
