import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Small wrong programs, each with the rule that must refuse it. Rules that no longer fire are worse than none. */
const refused: readonly { readonly because: string; readonly file: string; readonly text: string; readonly rule: string }[] = [
  {
    because: "the database does not know the application",
    file: "src/database/upward.ts",
    text: 'import { thing } from "#application";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "nor by its types",
    file: "src/database/upward-type.ts",
    text: 'import type { Thing } from "#application";\nexport type Copy = Thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "nor by handing them on",
    file: "src/database/upward-export.ts",
    text: 'export { thing } from "#application";\n',
    rule: "no-restricted-imports",
  },
  {
    because: "the contract imports nothing",
    file: "src/contract/upward.ts",
    text: 'import { thing } from "#base";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "a server does not know the platform that puts it together",
    file: "src/server/upward.ts",
    text: 'import { thing } from "#platform";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "the client knows of the application what calls are like, and no more",
    file: "src/client/upward.ts",
    text: 'import type { Thing } from "#application";\nexport type Copy = Thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "what is for React knows the client, and nothing of the server",
    file: "src/react/upward.ts",
    text: 'import type { Thing } from "#contract";\nexport type Copy = Thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "a part is not entered by a path",
    file: "src/application/records/deep.ts",
    text: 'import { thing } from "../../database/thing.ts";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "nor by a path under its door",
    file: "src/application/records/under-door.ts",
    text: 'import { thing } from "#database/thing";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "the platform is not entered by a path",
    file: "src/cli/platform-by-path.ts",
    text: 'import { thing } from "../platform/index.ts";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "an example uses what people use",
    file: "examples/shop/inside.ts",
    text: 'import { thing } from "#application";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "a test enters by the doors",
    file: "tests/deep.ts",
    text: 'import { thing } from "../src/database/thing.ts";\nexport const copy: number = thing;\n',
    rule: "no-restricted-imports",
  },
  {
    because: "one folder knows node:sqlite",
    file: "src/application/records/sqlite.ts",
    text: 'import { DatabaseSync } from "node:sqlite";\nexport const open = (): DatabaseSync => new DatabaseSync(":memory:");\n',
    rule: "no-restricted-imports",
  },
  {
    because: "two files know each other",
    file: "src/base/left.ts",
    text: 'import { right } from "./right.ts";\nexport const left: number = right;\n',
    rule: "import/no-cycle",
  },
  {
    because: "two files know each other's types",
    file: "src/base/left-type.ts",
    text: 'import type { Right } from "./right-type.ts";\nexport interface Left {\n  readonly right: Right;\n}\n',
    rule: "import/no-cycle",
  },
  {
    because: "only the configuration reads the environment",
    file: "src/server/environment.ts",
    text: 'export const port: string | undefined = process.env["PORT"];\n',
    rule: "node/no-process-env",
  },
  {
    because: "nor by another name",
    file: "src/server/environment-import.ts",
    text: 'import { env } from "node:process";\nexport const port: string | undefined = env["PORT"];\n',
    rule: "no-restricted-imports",
  },
  {
    because: "any switches the types off",
    file: "src/base/any.ts",
    text: "export function same(value: any): unknown {\n  return value;\n}\n",
    rule: "typescript/no-explicit-any",
  },
  {
    because: "a default export has no name of its own",
    file: "src/base/default.ts",
    text: "export default function thing(): number {\n  return 1;\n}\n",
    rule: "import/no-default-export",
  },
  {
    because: "a promise that nobody waits for fails unseen",
    file: "src/base/floating.ts",
    text: "async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n",
    rule: "typescript/no-floating-promises",
  },
  {
    because: "the parts write to the logger that they are given",
    file: "src/server/console.ts",
    text: 'console.log("started");\n',
    rule: "no-console",
  },
  {
    because: "files are named in kebab-case",
    file: "src/base/camelCase.ts",
    text: "export const thing = 1;\n",
    rule: "unicorn/filename-case",
  },
  {
    because: "four hundred lines hold a second concept",
    file: "src/base/long.ts",
    text: "export const thing = [\n" + "  1,\n".repeat(400) + "];\n",
    rule: "max-lines",
  },
];

const allowed: Readonly<Record<string, string>> = {
  "src/react/keys.ts": 'import type { Thing } from "#client-calls";\nexport type Copy = Thing;\n',
  "src/client/calls.ts": 'import type { Thing } from "#data-types";\nexport type Copy = Thing;\n',
  "src/application/index.ts": "export const thing = 1;\nexport type Thing = number;\n",
  "src/base/index.ts": "export const thing = 1;\n",
  "src/platform/index.ts": "export const thing = 1;\n",
  "src/index.ts": 'export { thing } from "#platform";\n',
  "src/base/right.ts": 'import { left } from "./left.ts";\nexport const right: number = left;\n',
  "src/base/right-type.ts": 'import type { Left } from "./left-type.ts";\nexport interface Right {\n  readonly left: Left;\n}\n',
  "src/database/thing.ts": "export const thing = 1;\n",
  "src/database/index.ts": 'export { thing } from "./thing.ts";\n',
  "src/database/downward.ts": 'import { thing } from "#base";\nexport const copy: number = thing;\n',
  "src/server/downward.ts": 'import { thing } from "#application";\nexport const copy: number = thing;\n',
  "src/database/sqlite/open.ts":
    'import { DatabaseSync } from "node:sqlite";\nexport const open = (): DatabaseSync => new DatabaseSync(":memory:");\n',
  "src/config.ts": 'export const port: string | undefined = process.env["PORT"];\n',
  "src/cli/main.ts": 'import { thing } from "#platform";\nconsole.log(thing);\n',
  "examples/shop/backend.ts": 'import { thing } from "chassis";\nexport default thing;\n',
  "src/base/unit.test.ts": 'import { test } from "node:test";\ntest("it works", async () => {});\n',
};

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

const root = resolve(import.meta.dirname, "../..");

test("the linter", async (t) => {
  const folder = await temporaryFolder(t);
  for (const file of ["oxlint.config.ts", "package.json", "tsconfig.json"]) await cp(join(root, file), join(folder, file));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [file, text] of [...Object.entries(allowed), ...refused.map((wrong) => [wrong.file, wrong.text] as const)]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const found = await lint(folder);

  for (const { because, file, rule } of refused) {
    await t.test(`refuses ${file}: ${because}`, () => {
      assert.ok(found.get(file)?.includes(rule), `found only: ${found.get(file)?.join(", ") ?? "nothing"}`);
    });
  }
  for (const file of Object.keys(allowed)) {
    // The other half of a cycle is refused with it.
    if (file.includes("/right")) continue;
    await t.test(`has nothing against ${file}`, () => {
      assert.deepEqual(found.get(file) ?? [], []);
    });
  }
});

async function lint(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const output = await new Promise<string>((done, fail) => {
    execFile(
      join(root, "node_modules/.bin/oxlint"),
      ["--format=json"],
      { cwd: folder, maxBuffer: 2 ** 26 },
      (_, stdout, stderr) => (stdout.startsWith("{") ? done(stdout) : fail(new Error(`oxlint said: ${stdout}${stderr}`))),
    );
  });
  const found = new Map<string, string[]>();
  const { diagnostics } = JSON.parse(output) as { readonly diagnostics: readonly Diagnostic[] };
  for (const { code, filename } of diagnostics) {
    // "import(no-cycle)" is the rule import/no-cycle, "eslint(no-console)" the rule no-console.
    const rule = code.replace(/^eslint\((.*)\)$/, "$1").replace(/^(.*)\((.*)\)$/, "$1/$2");
    const list = found.get(filename) ?? [];
    found.set(filename, list);
    list.push(rule);
  }
  return found;
}
