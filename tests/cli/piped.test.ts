import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { backendFolder } from "../support/backend-folder.ts";

const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const colour = "\u001b[3";
const progress = "\u001b[2K";

/** `script` of util-linux makes a terminal that nobody sits at. */
const hasTerminals = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Runs a line of a shell in a process of its own, with these variables and none that speak of colours besides (`CI` does to Node). */
async function shell(
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string; errors: string }> {
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_DISABLE_COLORS: ___, CI: ____, ...inherited } = process.env;
  const child = spawn("bash", ["-o", "pipefail", "-c", line], {
    env: { ...inherited, TERM: "xterm-256color", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => void (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => void (errors += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, output, errors };
}

async function lineFor(t: TestContext): Promise<string> {
  const folder = await backendFolder(t);
  const { code, errors } = await folder.run("import", "notes", await folder.write("notes.csv", "slug,body\na,b\n"), folder.path);
  assert.equal(code, 0, errors);
  return `PORT=0 '${process.execPath}' '${program}' doctor '${folder.path}' --quick`;
}

test("colours and progress are for terminals alone, and NO_COLOR and FORCE_COLOR are obeyed", {
  skip: !hasTerminals && "There is no script of util-linux.",
}, async (t) => {
  const line = await lineFor(t);
  const inTerminal = `script -qefc "${line}" /dev/null`;
  const [looked, plain, piped, forced] = await Promise.all([
    shell(inTerminal),
    shell(inTerminal, { NO_COLOR: "1" }),
    shell(line),
    shell(line, { FORCE_COLOR: "1" }),
  ]);
  for (const { code, output, errors } of [looked, plain, piped, forced]) assert.equal(code, 0, `${output}${errors}`);
  assert.deepEqual(
    [looked, plain, piped, forced].map(({ output, errors }) => [
      `${output}${errors}`.includes(colour),
      `${output}${errors}`.includes(progress),
    ]),
    [
      [true, true],
      [false, true],
      [false, false],
      [true, false],
    ],
  );
  // Nothing at all that a terminal would obey.
  assert.doesNotMatch(piped.output, /[\u0000-\u0009\u000b-\u001f]/);
  assert.equal(piped.errors, "");
});

test("code that waits for what never comes ends in words, and with 1", async (t) => {
  const { path } = await backendFolder(t);
  const ended = await shell(`'${process.execPath}' '${program}' repl '${path}' --eval 'new Promise(() => {})'`);
  assert.deepEqual(ended, { code: 1, output: "", errors: "The code waits for a promise that nothing settles any more.\n" });
});

test("a reader who ends first is no failure", async (t) => {
  const line = await lineFor(t);
  // One that is gone before anything is written, and one that reads a line.
  const [gone, head] = await Promise.all([shell(`${line} | :`), shell(`${line} | head -1`)]);
  assert.deepEqual(gone, { code: 0, output: "", errors: "" });
  assert.deepEqual([head.code, head.errors, head.output.split("\n").length], [0, "", 2]);
});

test("what would be asked names the option that answers it, where nobody can be asked", async (t) => {
  const { path, run, write } = await backendFolder(t);
  assert.equal((await run("import", "notes", await write("notes.csv", "slug,body\na,b\n"), path)).code, 0);
  assert.equal((await run("backup", path, "--to", `${path}/backups`)).code, 0);
  for (const [args, option] of [
    [["restore", "latest", "--from", `${path}/backups`, "-b", path], /--yes/],
    [["create"], /folder/],
    [["user", "create"], /<address>/],
  ] as const) {
    const { code, output, errors } = await run(...args);
    assert.notEqual(code, 0, args.join(" "));
    assert.match(errors, option);
    assert.doesNotMatch(output, /\?/);
  }
});
