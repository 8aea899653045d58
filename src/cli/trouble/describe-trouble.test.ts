import assert from "node:assert/strict";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryFolder } from "../../../tests/support/temporary-folder.ts";
import { runProgram } from "../program.ts";
import { describeTrouble } from "./describe-trouble.ts";
import { findPlace } from "./find-place.ts";

/** What is said of a back end of these files, whose names are those of this test's folder. */
async function troubleOf(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  try {
    await import(pathToFileURL(join(folder, Object.keys(files)[0] ?? "")).href);
  } catch (error) {
    const all = (await readdir(folder)).filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
    return (await describeTrouble(error, all)).replaceAll(`${folder}/`, "");
  }
  throw new Error("It was loaded.");
}

test("all mistakes of a definition stand with their files, lines and columns", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "node_modules"));
  await symlink(fileURLToPath(new URL("../../../", import.meta.url)), join(folder, "node_modules/chassis"), "junction");
  const said = await troubleOf(folder, {
    "backend.ts": ` import { defineBackend, defineSchema, everyone, integer, ref, text } from "chassis";
 import { reviews } from "./reviews.ts";

const schema = defineSchema({
  users: { name: text().min(9).max(3) }, // notes: { slug: "here it is not" }
  notes: { stars: integer().min(9).max(5),
    author: ref("userz") },
  reviews,
});
export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    notes: ({ row, me }) => ({ read: everyone, write: row.nope.eq(me.id) }),
  },
});
`,
    "reviews.ts": 'import { text } from "chassis";\nexport const reviews = {\n  body: text().max(-4),\n};\n',
  });
  assert.deepEqual(
    said.split("\n").filter((line) => /^ {2}\S/.test(line)),
    ["  backend.ts:5:12", "  backend.ts:6:12", "  backend.ts:7:5", "  reviews.ts:3:3", "  backend.ts:13:48"],
  );
  assert.match(said, /^The definition has 5 mistakes:\n/);
  assert.match(said, /7:5\n {6}notes\.author: there is no table 'userz'; did you mean 'users'\?/);
});

test("check and start name the places too, in files that the back end imports as well", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "node_modules"));
  await symlink(fileURLToPath(new URL("../../../", import.meta.url)), join(folder, "node_modules/chassis"), "junction");
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "notes.ts"), 'import { text } from "chassis";\nexport const notes = { body: text().max(-4) };\n');
  await writeFile(
    join(folder, "backend.ts"),
    'import { defineBackend, defineSchema } from "chassis";\nimport { notes } from "./notes.ts";\nexport default defineBackend(defineSchema({ notes }), { rules: {} });\n',
  );
  await writeFile(join(folder, "unreadable.ts"), 'import "./notes.ts";\nexport const a = {,};\n');
  const run = async (...args: readonly string[]): Promise<{ readonly output: string; readonly errors: string }> => {
    const written = { output: "", errors: "" };
    const code = await runProgram(args, {
      print: (line = "") => void (written.output += `${line}\n`),
      report: (line) => void (written.errors += `${line}\n`),
      progress() {},
      style: (_, text) => text,
    });
    assert.equal(code, 1);
    return written;
  };
  for (const command of ["check", "start"])
    assert.match((await run(command, folder)).errors, /notes\.ts:2:24\n {6}notes\.body: /, command);
  const { error } = JSON.parse((await run("check", folder, "--json")).output);
  assert.equal(error.code, "definition");
  assert.match(error.message, /notes\.ts:2:24\n/);
  await writeFile(join(folder, "nothing.ts"), "throw null;\n");
  assert.match((await run("check", join(folder, "nothing.ts"))).errors, /^The back end throws null while it is loaded/);
  assert.match((await run("check", join(folder, "unreadable.ts"))).errors, /unreadable\.ts:2:19: [^\n]*\n[\s\S]*> 2 \| export/);
});

const broken: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  [
    "syntax",
    "export const a = 1;\nconst b = { x: 1,, };\n",
    /^syntax\.ts:2:18: Unexpected token[\s\S]*> 2 \| const b = \{ x: 1,, \};\n {6}\| {18}\^/,
  ],
  [
    "thrown",
    "\nconst f = (): void => {\n  throw new TypeError('boom');\n};\nf();\n",
    /^thrown\.ts:3:9: TypeError: boom\n[\s\S]*> 3 \|/,
  ],
  ["nothing", "throw null;\n", /^The back end throws null while it is loaded, which does not say where: throw new Error/],
  ["words", "throw 'boom';\n", /^The back end throws 'boom' while it is loaded/],
  [
    "export",
    'import { helloo } from "./known.ts";\nhelloo;\n',
    /^export\.ts:1:10: '\.\/known\.ts' exports no 'helloo'; did you mean 'hello'\?/,
  ],
  [
    "ending",
    'import {} from "./known";\n',
    /^ending\.ts:1:17: There is no '\.\/known'; imports name the file with its ending: '\.\/known\.ts'/,
  ],
  ["other-ending", 'import {} from "./known.js";\n', /^other-ending\.ts:1:17: .* the file is '\.\/known\.ts'/],
  ["near", 'import {} from "./knwon.ts";\n', /^near\.ts:1:17: There is no file '\.\/knwon\.ts'; did you mean 'known\.ts'\?/],
  [
    "enum",
    "enum Kind { book }\nKind;\n",
    /^enum\.ts:1:1: Node\.js runs .* a TypeScript enum is more than a type\. .* const Kind = \{ book: "book" \} as const\.\n[\s\S]*> 1 \| enum Kind/,
  ],
  [
    "property",
    "class Book { constructor(readonly title: string) {} }\nBook;\n",
    /^property\.ts:1:\d+: .* a TypeScript parameter property is more than a type\. Write JavaScript in its place\.\n/,
  ],
  [
    "package",
    'import {} from "not-there-at-all";\n',
    /^package\.ts:1:17: The package 'not-there-at-all' is not installed: npm install not-there-at-all/,
  ],
];

test("what keeps a file from being run stands with its place and the text there", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "known.ts"), "export const hello = 1;\n");
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  for (const [name, text, says] of broken) assert.match(await troubleOf(folder, { [`${name}.ts`]: text }), says, name);
});

test("a place that is nowhere is not guessed", () => {
  const source = { file: "a.ts", text: "const slug = 1; defineBackend(schema, { rules: { notes: () => 1 } })" };
  assert.equal(findPlace("notes.slug", [source]), undefined);
  assert.equal(findPlace("rules.other.read", [source])?.column, source.text.indexOf("rules") + 1);
  assert.equal(findPlace("", [source]), undefined);
});
