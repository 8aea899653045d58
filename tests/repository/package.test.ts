import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, constants, cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { generateBackend } from "../../benchmarks/types/generate.ts";
import { spawnProgram } from "../support/child-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const program = (name: string): string => join(root, "node_modules/.bin", name);

/** Instantiations, with about a seventh of air over what they were: more is to be understood, and these raised only for what it gives. */
const budgets = { table: 4300, "call of the client": 290, "use in a function": 280 };

async function instantiations(folder: string, source: string): Promise<number> {
  const project = join(folder, "types");
  await mkdir(project, { recursive: true });
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: "nodenext",
    target: "es2024",
    types: ["node"],
  };
  await writeFile(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true, noEmit: true } }),
  );
  await writeFile(join(project, "backend.ts"), source);
  const { stdout } = await run(program("tsc"), ["--extendedDiagnostics", "--project", project], { cwd: folder });
  return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
}

test("the package that is built works where only it and its dependencies are installed", async (t) => {
  const folder = await temporaryFolder(t);
  const home = join(folder, "node_modules/chassis");
  await run(process.execPath, [join(root, "tools/build.ts"), home], { cwd: root });

  const manifest = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly private?: boolean;
    readonly bin: { readonly chassis: string };
  };
  for (const name of [...Object.keys(manifest.dependencies), "@types/node"]) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  await cp(join(root, "examples/quickstart/backend.ts"), join(folder, "backend.ts"));
  // Libraries are checked too: the declarations are what this is about.
  const compilerOptions = { strict: true, module: "nodenext", target: "es2025", types: ["node"], noEmit: true };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');

  await t.test("it can be published", () => assert.equal(manifest.private, undefined));

  await t.test("it holds no tests and no sources", async () => {
    const files = await readdir(home, { recursive: true });
    assert.ok(files.includes(join("application", "index.js")));
    assert.ok(["llms.txt", "llms-full.txt", join("docs", "learn", "schema.md")].every((file) => files.includes(file)));
    assert.deepEqual(
      files.filter((file) => !file.startsWith("templates") && /\.test\.|(?<!\.d)\.ts$|scratch|fixture|property-/.test(file)),
      [],
    );
    assert.ok(
      files.includes(join("templates", "website", "backend.test.ts")),
      "templates are sources, for they become those of others",
    );
  });

  await t.test("it holds the programs of its threads, which no import leads to", async () => {
    const programs = (await readdir(join(root, "src"), { recursive: true })).filter((file) => file.endsWith("-thread.ts"));
    const files = new Set(await readdir(home, { recursive: true }));
    assert.ok(programs.length > 3);
    assert.deepEqual(
      programs.filter((file) => !files.has(file.replace(/\.ts$/, ".js"))),
      [],
    );
  });

  await t.test("its command can be run as it is", async () => {
    await access(join(home, manifest.bin.chassis), constants.X_OK);
  });

  await t.test("its command checks a definition", async () => {
    const { stdout } = await run(process.execPath, [join(home, manifest.bin.chassis), "check", "."], { cwd: folder });
    assert.match(stdout, /3 tables/);
  });

  await t.test("mails and tests of a back end have entries of their own", async () => {
    await writeFile(
      join(folder, "mailed.ts"),
      `import { defineBackend, defineSchema, everyone, nobody, text } from "chassis";
import { mail, paragraph } from "chassis/mail";
import { openTestBackend } from "chassis/testing";

const note = mail({ subject: "Hello", body: () => [paragraph("There")] });
const backend = defineBackend(defineSchema({ people: { name: text() } }), {
  rules: { people: () => ({ read: everyone, write: nobody }) },
  mails: { note },
});
const app = await openTestBackend(backend);
await app.enqueue(note, { to: "ada@example.org" });
console.log((await app.outbox.next({ to: "ada@example.org" })).text);
await app.close();
`,
    );
    assert.equal((await run(process.execPath, ["mailed.ts"], { cwd: folder })).stdout, "There\n\n");
  });

  await t.test("a definition, and a client of it, are typed by their declarations alone", async () => {
    await writeFile(
      join(folder, "api.ts"),
      `import { createClient } from "chassis/client";
import type backend from "./backend.js";

export const api = createClient<typeof backend>("https://example.org");
export const titles = async (): Promise<readonly string[]> =>
  (await api.books.list({ select: ["title"], include: { reviews: { select: ["stars"] } } })).map(({ title }) => title);
`,
    );
    await run(program("tsc"), ["--project", "."], { cwd: folder });
  });

  // Counted, not timed: the number is the same on every machine. What each kind of call costs, `benchmarks/types/measure.ts` shows.
  await t.test("the type checker has as much to do for a table and for a call as it had", async () => {
    const [tables, uses] = [30, 180];
    const define = await instantiations(folder, generateBackend({ tables, uses: 0, source: "chassis", client: true }));
    const call = await instantiations(folder, generateBackend({ tables, uses, source: "chassis", client: true }));
    const use = await instantiations(folder, generateBackend({ tables, uses, source: "chassis" }));
    const spent = {
      table: define / tables,
      "call of the client": (call - define) / uses,
      "use in a function": (use - define) / uses,
    };
    for (const [what, budget] of Object.entries(budgets)) {
      const each = spent[what as keyof typeof spent];
      assert.ok(each < budget, `A ${what} costs the checker ${each.toFixed(0)} instantiations: more than ${budget}.`);
    }
  });

  // Thus begin README.md and docs/learn/first-backend.md.
  await t.test("npm create makes projects of every template: they are checked, tested and served as they are", async () => {
    const { stdout: packed } = await run("npm", ["pack", "--json", "--pack-destination", folder, join(root, "create-chassis")], {
      cwd: folder,
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    // What a newcomer is told is what these projects answer to.
    const readme = await readFile(join(root, "README.md"), "utf8");
    assert.match(readme, /\nnpx chassis create \.\.\/my-site\ncd \.\.\/my-site && npm run dev\n/);
    const creator = join(folder, "node_modules/create-chassis");
    await mkdir(creator);
    await run("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", creator]);
    const { bin } = JSON.parse(await readFile(join(creator, "package.json"), "utf8")) as { bin: Record<string, string> };
    for (const template of ["website", "api-only", "minimal"]) {
      const args = [
        join(creator, bin["create-chassis"] ?? ""),
        join(folder, template),
        "--template",
        template,
        "--no-install",
        "--no-git",
        "--json",
      ];
      const { stdout } = await run(process.execPath, args, { cwd: folder });
      assert.deepEqual(JSON.parse(stdout).next, [`cd ${template}`, "npm install", "npm run dev"]);
      const project = JSON.parse(await readFile(join(folder, template, "package.json"), "utf8"));
      assert.match(project.dependencies.chassis, /^\^\d+\.\d+\.\d+$/);
      // Its packages are those of the folder that it lies in.
      const within = { cwd: join(folder, template) };
      await run(program("tsc"), [], within);
      const { stdout: checked } = await run(process.execPath, [join(home, manifest.bin.chassis), "check"], within);
      assert.match(checked, /All is well/);
      await run(process.execPath, ["--test"], within);
      const started = spawnProgram(t, ["start", join(folder, template), "--port", "0"], {}, join(home, manifest.bin.chassis));
      const [, url = ""] = await started.written(/"url":"([^"]+)".*"Listening\."/);
      const [path, text] =
        template === "website"
          ? ["/", /It runs\./]
          : template === "minimal"
            ? ["/rest/v1/notices", /^\[\]$/]
            : ["/health/ready", /ok/];
      assert.match(await (await fetch(url + path)).text(), text);
      started.process.kill("SIGTERM");
      assert.equal(await started.ended(), 0);
    }
  });

  await t.test("so they are where a bundler resolves modules, and mistakes are found", async () => {
    const project = async (name: string, options: object, ...files: readonly string[]): Promise<readonly string[]> => {
      await writeFile(
        join(folder, name),
        JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: false, ...options }, files }),
      );
      return ["--project", name];
    };
    const bundler = { module: "esnext", moduleResolution: "bundler", lib: ["es2025", "dom", "dom.iterable", "esnext"] };
    await run(program("tsc"), await project("bundler.json", bundler, "api.ts"), { cwd: folder });
    await writeFile(
      join(folder, "misspelt.ts"),
      'import { api } from "./api.js";\nvoid api.books.list({ select: ["titel"] });\n',
    );
    await writeFile(join(folder, "wrong.ts"), 'import { text } from "chassis";\nexport const field = text().maximum(3);\n');
    const { stdout } = await run(program("tsc"), await project("wrong.json", bundler, "misspelt.ts", "wrong.ts"), {
      cwd: folder,
    }).then(
      () => assert.fail("tsc found nothing"),
      (error: { readonly stdout: string }) => error,
    );
    assert.match(stdout, /misspelt\.ts\(2,[^]*titel/);
    assert.match(stdout, /wrong\.ts\(2,[^]*maximum/);
  });

  await t.test("so are the options for TanStack Query, which is the user's own", async () => {
    for (const name of ["@tanstack/react-query", "@tanstack/query-core", "react", "@types/react", "csstype"]) {
      await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
      await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
    }
    await writeFile(
      join(folder, "queries.ts"),
      `import { QueryClient, useQuery } from "@tanstack/react-query";
import { createQueries } from "chassis/react";
import { api } from "./api.js";

export const q = createQueries(api, new QueryClient());
export const useTitles = (): string[] | undefined =>
  useQuery(q.books.list({ select: ["title"] })).data?.map(({ title }) => title);
`,
    );
    const options = { ...compilerOptions, lib: ["es2025", "dom", "dom.iterable", "esnext"], skipLibCheck: false };
    await writeFile(join(folder, "react.json"), JSON.stringify({ compilerOptions: options, files: ["queries.ts"] }));
    await run(program("tsc"), ["--project", "react.json"], { cwd: folder });
    await writeFile(
      join(folder, "run.mjs"),
      `import { createClient } from "chassis/client";
import { createQueries } from "chassis/react";
console.log(JSON.stringify(createQueries(createClient("http://localhost"), {}).books.list().queryKey));
`,
    );
    assert.equal((await run(process.execPath, ["run.mjs"], { cwd: folder })).stdout, '["books","list"]\n');
  });

  await t.test("publint has nothing against it", async () => {
    await run(program("publint"), [home], { cwd: root });
  });
});
