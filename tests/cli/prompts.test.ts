import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type BackendFolder, backendFolder, notesBackend } from "../support/backend-folder.ts";

const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** `script` of util-linux makes a terminal, and types into it what it is given. */
const hasTerminals = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
const skip = !hasTerminals && "There is no script of util-linux.";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

interface Typed {
  /** As a shell tells it. */
  readonly code: number;
  readonly screen: string;
}

/** Runs a command at a terminal, and types each answer when its question is there. The terminal must be as it was before. */
async function typeAt(
  { path }: BackendFolder,
  args: readonly string[],
  answers: readonly (readonly [question: RegExp, typed: string])[],
): Promise<Typed> {
  const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
  // The trap lets the shell outlive an interrupt, which is for the command.
  await writeScript(
    path,
    `trap : INT\nstty cols 100 rows 40\nstty -g > before\n${words}\ncode=$?\nstty -g > after\nexit $code\n`,
  );
  const child = spawn("script", ["-qefc", "sh ./typed.sh", "/dev/null"], {
    cwd: path,
    env: { ...process.env, TERM: "xterm-256color", PORT: "0" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  let waiting = [...answers];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk;
    const [next, ...rest] = waiting;
    if (next === undefined || !next[0].test(screen)) return;
    waiting = rest;
    child.stdin.write(next[1]);
  });
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [code] = (await once(child, "close")) as [number];
  clearTimeout(deadline);
  assert.deepEqual(waiting, [], `Was never asked:\n${screen}`);
  assert.equal(
    await readFile(`${path}/after`, "utf8"),
    await readFile(`${path}/before`, "utf8"),
    "The terminal was left changed.",
  );
  return { code, screen };
}

async function writeScript(path: string, text: string): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(`${path}/typed.sh`, text);
}

async function withBackup(t: TestContext): Promise<BackendFolder> {
  const folder = await backendFolder(t);
  const run = async (...args: readonly string[]): Promise<void> => {
    const { code, errors } = await folder.run(...args);
    assert.equal(code, 0, errors);
  };
  await run("import", "notes", await folder.write("first.csv", "slug,body\na,first\n"), folder.path);
  await run("backup", folder.path, "--to", `${folder.path}/backups`);
  await run("import", "notes", await folder.write("second.csv", "slug,body\nb,second\n"), folder.path);
  return folder;
}

test("restore asks, and only a yes changes anything", { skip }, async (t) => {
  const folder = await withBackup(t);
  const { path } = folder;
  const count = async (): Promise<string> => (await folder.run("repl", path, "--eval", "db.notes.count()")).output.trim();
  const files = (): readonly string[] =>
    readdirSync(`${path}/.data`)
      .filter((name) => !/-(?:wal|shm|lock)$/.test(name))
      .sort();
  const before = files();
  const args = ["restore", "latest", "--from", `${path}/backups`, "-b", path];
  for (const [typed, code, said] of [
    ["n\r", 1, /Nothing was changed\./],
    [CTRL_D, 1, /Nobody answered\./],
    [CTRL_C, 130, /Go on\?/],
  ] as const) {
    const ended = await typeAt(folder, args, [[/Go on\? \(y\/n\) /, typed]]);
    assert.equal(ended.code, code, ended.screen);
    assert.match(ended.screen, said);
    assert.doesNotMatch(ended.screen, /\n\s+at /);
    assert.deepEqual(files(), before, JSON.stringify(typed));
    assert.equal(await count(), "2");
  }
  const restored = await typeAt(folder, args, [[/Go on\? \(y\/n\) /, "y\r"]]);
  assert.equal(restored.code, 0, restored.screen);
  assert.equal(await count(), "1");
});

test("a plan asks what only a person knows, and one that is broken off writes nothing", { skip }, async (t) => {
  const folder = await backendFolder(t);
  const { path } = folder;
  assert.equal((await folder.run("import", "notes", await folder.write("one.csv", "slug,body\na,first\n"), path)).code, 0);
  await folder.write("later.ts", notesBackend.replace("body: text()", "words: text()"));
  const args = ["migrate", "plan", `${path}/later.ts`];
  const broken = await typeAt(folder, args, [[/1 to 2: /, CTRL_C]]);
  assert.equal(broken.code, 130, broken.screen);
  assert.equal(existsSync(`${path}/migrations`), false);
  const answered = await typeAt(folder, args, [
    [/1 to 2: /, "seven\r"],
    [/from 1 to 2\.[^]*1 to 2: /, "1\r"],
  ]);
  assert.equal(answered.code, 0, answered.screen);
  assert.match(answered.screen, /Answer with a number from 1 to 2\./);
  const [name = ""] = readdirSync(`${path}/migrations`);
  assert.match(await readFile(`${path}/migrations/${name}`, "utf8"), /rename/i);
});

test("create asks, and whoever stops has nothing", { skip }, async (t) => {
  const folder = await backendFolder(t);
  const before = readdirSync(folder.path);
  const ended = await typeAt(folder, ["create"], [[/folder\?/, CTRL_C]]);
  assert.equal(ended.code, 1, ended.screen);
  assert.match(ended.screen, /Nothing was made\./);
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => !before.includes(name)),
    ["after", "before", "typed.sh"],
  );
});
