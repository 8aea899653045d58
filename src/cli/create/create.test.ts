import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../program.ts";
import { create } from "./create.ts";
import { copyPackages, nodeOfCopy } from "./copy-packages.ts";
import { developmentPackages } from "./project-files.ts";
import { packageNameOf, titleOf } from "./project-name.ts";
import { isNewEnough, machineNode } from "./machine-node.ts";
import { fileSource } from "./package-source.ts";
import { writeProject } from "./write-project.ts";
import { requireCommand } from "../../../tests/support/requirements.ts";
import { type Scope, temporaryFolder } from "../../../tests/support/temporary-folder.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

async function run(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  const written = { output: "", errors: "" };
  const code = await runProgram(args, quiet(written));
  return { code, ...written };
}

function quiet(written: { output: string; errors: string } = { output: "", errors: "" }) {
  return {
    print: (line = "") => void (written.output += `${line}\n`),
    report: (line: string) => void (written.errors += `${line}\n`),
    progress() {},
    style: (_: string, text: string) => text,
  };
}

const onlyFiles = { install: false, git: false, json: true } as const;
const make = (folder: string, options: Parameters<typeof create>[0] = {}) =>
  create({ folder, ...onlyFiles, ...options }, quiet(), async () => "^0.1.0");

async function folderWith(t: Scope, ...names: readonly string[]): Promise<string> {
  const folder = join(await temporaryFolder(t), "site");
  await mkdir(folder);
  for (const name of names) await writeFile(join(folder, name), `${name} of mine\n`);
  return folder;
}

/** Has the process stand in a new folder there until the test is over. */
async function standIn(t: Scope, parent: string, name: string): Promise<void> {
  const before = process.cwd();
  await mkdir(join(parent, name), { recursive: true });
  process.chdir(join(parent, name));
  t.after(async () => process.chdir(before));
}

test("the way to a project is short where it lies below, or next door", async (t) => {
  await standIn(t, await temporaryFolder(t), "here");
  assert.equal((await make("below/site")).next[0], "cd below/site");
  assert.equal((await make("../next-door")).next[0], "cd ../next-door");
  assert.equal((await make("..there")).next[0], "cd ..there");
});

test("what was made is said last, with where there is something to look at", async (t) => {
  const parent = await temporaryFolder(t);
  for (const [template, page] of [
    ["website", "http://localhost:4000."],
    ["api-only", "http://localhost:4000/docs."],
    ["minimal", "http://localhost:4000/docs."],
  ] as const) {
    const written = { output: "", errors: "" };
    await create(
      { folder: join(parent, template), template, install: false, git: false, yes: true },
      quiet(written),
      async () => "^0.1.0",
    );
    assert.match(written.output, /is there, made from the template/);
    assert.ok(written.output.endsWith(`\nThen open ${page} README.md in the folder says what is what.\n`), written.output);
  }
});

test("a project has a name, a title, scripts, and what keeps its data out of the repository", async (t) => {
  const parent = await temporaryFolder(t);
  const project = join(parent, "deep", "Bücher & Mehr");
  await standIn(t, parent, "far/away");
  const { files, name, next } = await make(project);
  assert.equal(name, "bucher-mehr");
  assert.equal(next[0], `cd '${project}'`, "and not a way up from here to there");
  assert.deepEqual((await readdir(join(parent, "deep"))).sort(), ["Bücher & Mehr"]);
  assert.ok(files.includes("site/routes.ts") && files.includes(".gitignore"));
  const manifest = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
  assert.equal(manifest.dependencies.chassis, "^0.1.0");
  assert.match(await readFile(join(project, "site/layout.ts"), "utf8"), /const siteName = "Bucher mehr";/);
  assert.match(await readFile(join(project, ".gitignore"), "utf8"), /^\.data\/$/m);
});

test("what a project develops with is what this repository does", async () => {
  const { devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  for (const [name, version] of Object.entries(developmentPackages)) assert.equal(devDependencies[name], version, name);
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const other = JSON.parse(await readFile(join(root, "create-chassis/package.json"), "utf8"));
  assert.deepEqual([other.version, other.dependencies.chassis], [version, version]);
});

describe("what is refused leaves everything as it was", () => {
  const cases: readonly {
    readonly name: string;
    readonly args: (folder: string) => readonly string[];
    readonly says: RegExp;
    readonly isMistype?: boolean;
  }[] = [
    {
      name: "no folder where nobody can answer",
      args: () => ["create"],
      says: /Say which folder: npx chassis create my-site/,
      isMistype: true,
    },
    { name: "an empty name", args: () => ["create", " "], says: /Say which folder/, isMistype: true },
    {
      name: "a folder with files",
      args: (folder) => ["create", folder],
      says: /is not empty: it has a\.ts, b\.ts\. .*--force/,
    },
    { name: "a file", args: (folder) => ["create", `${folder}/a.ts`], says: /a\.ts is a file\. Choose another folder/ },
    { name: "a folder below a file", args: (folder) => ["create", `${folder}/a.ts/x`], says: /a\.ts is a file/ },
    {
      name: "a folder below node_modules",
      args: (folder) => ["create", `${folder}/node_modules/x`],
      says: /Node\.js runs no TypeScript/,
    },
    { name: "what a terminal would obey", args: (folder) => ["create", `${folder}/x\u001b[2J`], says: /cannot be seen/ },
    {
      name: "an unknown template",
      args: (folder) => ["create", `${folder}/x`, "-t", "web-site"],
      says: /no template 'web-site'; did you mean 'website'\? There are:/,
      isMistype: true,
    },
    {
      name: "a bad package name",
      args: (folder) => ["create", `${folder}/x`, "--name", "My Site"],
      says: /'My Site' cannot be a package's name/,
      isMistype: true,
    },
    {
      name: "the name of what it depends on",
      args: (folder) => ["create", `${folder}/x`, "--name", "chassis"],
      says: /cannot be a package's name/,
      isMistype: true,
    },
  ];
  for (const { name, args, says, isMistype } of cases) {
    test(name, async (t) => {
      const folder = await folderWith(t, "a.ts", "b.ts");
      const { code, errors, output } = await run(...args(folder));
      assert.match(errors, says);
      assert.deepEqual([code, output], [isMistype === true ? 2 : 1, ""]);
      assert.deepEqual(await readdir(folder), ["a.ts", "b.ts"]);
    });
  }

  test("a link that leads nowhere", async (t) => {
    const folder = await folderWith(t);
    await symlink(join(folder, "nothing"), join(folder, "link"));
    assert.match((await run("create", join(folder, "link"))).errors, /a link that leads nowhere/);
  });

  test("a failure in the middle takes back what was written", async (t) => {
    const folder = await folderWith(t, "README.md");
    const files = new Map([
      ["a/b", "1"],
      ["c", "2"],
      ["c/d", "3"],
    ]);
    for (const target of [folder, join(folder, "new/deep")])
      assert.throws(
        () => writeProject(files, { path: target, exists: target === folder, holds: [] }),
        /Nothing was made in .*: /,
      );
    assert.deepEqual(await readdir(folder), ["README.md"]);
    assert.deepEqual(await readdir(join(folder, "..")), ["site"]);
  });
});

test("a copy gives a project its packages, as npm would have, and nothing where they are not those", async (t) => {
  const parent = await temporaryFolder(t);
  const project = join(parent, "site");
  await make(project, { template: "minimal" });
  const file = join(project, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  manifest.dependencies = {};
  manifest.devDependencies = { ...developmentPackages, node: fileSource(nodeOfCopy(root) ?? "", project) };
  await writeFile(file, JSON.stringify(manifest));
  const before = (await readdir(project)).sort();

  const other = join(parent, "copy");
  await mkdir(join(other, "node_modules/typescript"), { recursive: true });
  await writeFile(join(other, "node_modules/typescript/package.json"), '{ "name": "typescript", "version": "1.0.0" }');
  await symlink(join(root, "node_modules/@types"), join(other, "node_modules/@types"), "junction");
  await symlink(join(root, "node_modules/undici-types"), join(other, "node_modules/undici-types"), "junction");
  await symlink(join(root, "package-lock.json"), join(other, "package-lock.json"));
  assert.equal(copyPackages({ copy: other, project }), false);
  assert.deepEqual((await readdir(project)).sort(), before);
  if (process.platform === "win32") return;

  await writeFile(file, JSON.stringify({ ...manifest, dependencies: { kysely: "*" } }));
  assert.equal(copyPackages({ copy: root, project }), false, "it asks for more");
  await writeFile(file, JSON.stringify(manifest));
  assert.equal(copyPackages({ copy: root, project }), true);
  assert.equal(copyPackages({ copy: root, project }), false, "what is there is left to npm");
  const npm = spawn("npm", ["install", "--offline", "--no-audit", "--no-fund", "--cache", join(parent, "cache")], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  npm.stdout.setEncoding("utf8").on("data", (text: string) => void (said += text));
  assert.deepEqual(await once(npm, "close"), [0, null]);
  assert.match(said, /up to date/);
  const { packages } = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
  const ours = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")).packages;
  for (const name of ["typescript", "@types/node", "undici-types"])
    assert.equal(packages[`node_modules/${name}`].integrity, ours[`node_modules/${name}`].integrity, name);
});

test("a new repository gets a project, and keeps its own files", async (t) => {
  const folder = await folderWith(t, "README.md", "LICENSE", ".gitignore");
  const { kept } = await make(folder, { template: "minimal" });
  assert.deepEqual([...kept].sort(), [".gitignore", "README.md"]);
  assert.equal(await readFile(join(folder, "README.md"), "utf8"), "README.md of mine\n");
  assert.match(await readFile(join(folder, ".gitignore"), "utf8"), /^\.gitignore of mine\n[\s\S]*^\.data\/$/m);
  assert.ok((await readdir(folder)).includes("backend.ts"));
  assert.deepEqual(await readdir(join(folder, "..")), ["site"]);
});

test("force adds what is not there, and replaces nothing", async (t) => {
  const folder = await folderWith(t, "backend.ts", "other.txt");
  const { files } = await make(folder, { template: "minimal", force: true });
  assert.ok(!files.includes("backend.ts"));
  assert.equal(await readFile(join(folder, "backend.ts"), "utf8"), "backend.ts of mine\n");
  assert.equal(await readFile(join(folder, "other.txt"), "utf8"), "other.txt of mine\n");
});

test("a package's name is made from whatever a folder is called", () => {
  const made: Readonly<Record<string, string>> = {
    "my-site": "my-site",
    "My Site": "my-site",
    "...": "my-site",
    日本: "my-site",
    chassis: "my-chassis",
    _x_: "x",
    "-rf": "rf",
    "a'b\"c$(d)": "a-b-c-d",
    node_modules: "my-node_modules",
  };
  for (const [folder, name] of Object.entries(made)) assert.equal(packageNameOf(`/tmp/${folder}`, undefined), name, folder);
  assert.equal(packageNameOf("/tmp/x", "@me/shop"), "@me/shop");
  assert.equal(titleOf("@me/my-shop.com"), "My shop com");
});

test("the machine's own Node.js is found behind those that npm puts first", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  await mkdir(join(folder, "bin"));
  await writeFile(join(folder, "node_modules/.bin/node"), "#!/bin/sh\necho v99.0.0\n", { mode: 0o755 });
  await writeFile(join(folder, "bin/node"), "#!/bin/sh\necho v20.1.0\n", { mode: 0o755 });
  assert.equal(await machineNode([join(folder, "node_modules/.bin"), join(folder, "none"), join(folder, "bin")]), "20.1.0");
  assert.equal(await machineNode([join(folder, "none")]), undefined);
  assert.deepEqual(["20.1.0", "24.14.9", "24.15.0", "26.0.0", undefined].map(isNewEnough), [false, false, true, true, false]);
});

test("an interrupt among the questions leaves nothing", async (t) => {
  const script = requireCommand(t, { names: ["script"], howToGet: "apt-get install bsdutils" });
  if (script === undefined) return;
  const folder = await temporaryFolder(t);
  const program = `stty cols 100; exec ${process.execPath} ${root}src/cli/main.ts create`;
  const child = spawn(script, ["-qec", program, "/dev/null"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  let text = "";
  const answers: readonly (readonly [RegExp, string])[] = [
    [/Which folder\?/, "shop\r"],
    [/What does it begin as\?[\s\S]*website/, "\r"],
    [/Install its packages now\?/, "\u0003"],
  ];
  let asked = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const [question, answer] = answers[asked] ?? [];
    if (question?.test(text) !== true) return;
    asked += 1;
    child.stdin.write(answer);
  });
  await ended;
  assert.match(text, /Nothing was made\./);
  assert.equal(asked, 3);
  assert.deepEqual(await readdir(folder), []);
});
