import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { requireCommand } from "../support/requirements.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

/** A folder with a back end and its database, in which `chassis` is installed as npm would. */
async function project(t: TestContext): Promise<BackendFolder> {
  const folder = await backendFolder(t);
  const file = await folder.write("notes.csv", "slug,body\na,x\n");
  assert.equal((await folder.run("import", "notes", file, folder.path)).code, 0);
  const bin = join(folder.path, "node_modules/.bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "chassis"), `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`);
  await chmod(join(bin, "chassis"), 0o755);
  for (const shell of ["bash", "zsh", "fish"]) await folder.write(shell, (await folder.run("completion", shell)).output);
  return folder;
}

/** What the hidden command gives for a line, of which the last word is being typed. */
async function candidates({ run }: BackendFolder, ...words: readonly string[]): Promise<readonly string[]> {
  const { code, output, errors } = await run("__complete", "--", ...words);
  assert.deepEqual([code, errors], [0, ""]);
  return output.split("\n").flatMap((line) => (line === "" ? [] : (line.split("\t")[0] ?? [])));
}

test("commands, options, their words, tables and paths are completed", async (t) => {
  const folder = await backendFolder(t);
  const file = await folder.write("notes.csv", "slug,body\na,x\n");
  const none = await candidates(folder, "import", "--backend", folder.path, "");
  assert.deepEqual(none, [], "No database, no tables.");
  assert.equal((await folder.run("import", "notes", file, folder.path)).code, 0);
  const scenarios: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
    [["mig"], ["migrate"]],
    [
      ["migrate", "r"],
      ["rehearse", "rollback"],
    ],
    [["mail", "suppressions", "a"], ["add"]],
    [["help", "bac"], ["backup"]],
    [["help", "backup", "v"], ["verify"]],
    [["jobs", "list", "--sta"], ["--state"]],
    [
      ["jobs", "list", "--state", "r"],
      ["ready", "running"],
    ],
    [["jobs", "list", "--state=fa"], ["--state=failed"]],
    // As bash breaks it.
    [["jobs", "list", "--state", "=", "fa"], ["failed"]],
    // What a group does by itself has its options too.
    [["jobs", "--q"], ["--queue"]],
    [["token", "--user", "x", "--us"], []],
    [["token", "--role", "x", "--ro"], ["--role"]],
    [["import", "-b", folder.path, "n"], ["notes"]],
    [["export", "-b", folder.path, "n"], ["notes"]],
    [["export", "-b", folder.path, "notes", ""], ["notes"]],
    [["import", "notes", ""], [":file"]],
    [["import", "notes", "x.csv", ""], [":folder"]],
    [
      ["import", "notes", "x.csv", "--on-error", ""],
      ["stop", "skip"],
    ],
    [["explain", "-b", folder.path, "notes", "u"], ["update"]],
    [["audit", "list", "--backend", folder.path, "--table", ""], ["notes"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["__"], []],
    [["nowhere", ""], []],
  ];
  for (const [words, expected] of scenarios) assert.deepEqual(await candidates(folder, ...words), expected, words.join(" "));
  assert.ok((await candidates(folder, "")).includes("help"));
});

test("bash completes", async (t) => {
  if (requireCommand(t, { names: ["bash"], howToGet: "apt-get install bash" }) === undefined) return;
  const folder = await project(t);
  const complete = (line: readonly string[], before = ""): readonly string[] => {
    const words = line.map((word) => `'${word}'`).join(" ");
    const script = `${before}source ./bash; COMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; ${line[0] === "npx" ? "_chassis_npx" : "_chassis"}; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", script], { cwd: folder.path, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout.split("\n").filter((word) => word !== "");
  };
  assert.deepEqual(complete(["chassis", "migrate", "re"]), ["rehearse"]);
  assert.deepEqual(complete(["chassis", "explain", ""]), ["notes"]);
  assert.deepEqual(complete(["chassis", "import", "notes", "no"]).toSorted(), ["node_modules", "notes.csv"]);
  assert.deepEqual(complete(["npx", "chassis", "roll"]), []);
  assert.deepEqual(complete(["npx", "chassis", "migrate", "roll"]), ["rollback"]);
});

test("fish completes", async (t) => {
  if (requireCommand(t, { names: ["fish"], howToGet: "apt-get install fish" }) === undefined) return;
  const folder = await project(t);
  const complete = (line: string): readonly string[] => {
    const script = `source ./fish; complete -C ${JSON.stringify(line)}`;
    const { stdout, stderr, status } = spawnSync("fish", ["--no-config", "-c", script], {
      cwd: folder.path,
      encoding: "utf8",
      env: { ...process.env, HOME: folder.path },
    });
    assert.equal(status, 0, stderr);
    return stdout.split("\n").filter((word) => word !== "");
  };
  assert.deepEqual(complete("chassis migrate re"), ["rehearse\ttry what waits on a copy of the data: up, down, up again"]);
  assert.deepEqual(complete("chassis explain "), ["notes"]);
  assert.ok(complete("chassis import notes no").includes("notes.csv"));
  assert.deepEqual(complete("npx chassis migrate roll").length, 1);
});

test("zsh completes", async (t) => {
  if (requireCommand(t, { names: ["zsh"], howToGet: "apt-get install zsh" }) === undefined) return;
  const folder = await project(t);
  const complete = (line: readonly string[]): readonly string[] => {
    // Its line editor needs a terminal: what it would be told is printed instead.
    const stubs = 'compdef() { : }; _describe() { print -rl -- "${(@P)3}" }; _files() { print -r -- files $* };';
    const words = line.map((word) => `'${word}'`).join(" ");
    const script = `${stubs} source ./zsh; words=(${words}); CURRENT=${line.length}; ${line[0] === "npx" ? "_chassis_npx" : "_chassis"}; true`;
    const { stdout, stderr, status } = spawnSync("zsh", ["-f", "-c", script], { cwd: folder.path, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
    return stdout.split("\n").filter((word) => word !== "");
  };
  assert.deepEqual(complete(["chassis", "migrate", "re"]), ["rehearse:try what waits on a copy of the data: up, down, up again"]);
  assert.deepEqual(complete(["chassis", "import", "notes", "no"]), ["files"]);
  assert.deepEqual(complete(["npx", "chassis", "migrate", "roll"]).length, 1);
});
