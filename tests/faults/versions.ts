import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runCommand } from "./command.ts";
import type { RunScope } from "./scope.ts";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** What each version has other than the one before it, by the lines of ./backend.ts. */
const changes = {
  /** The first version works on its database too. */
  wider: [
    ["body: text().max(100_000).search() }", "body: text().max(110_000).search(), stars: integer().default(0) }"],
    ['counter: ref("counters"), value: integer() }', 'counter: ref("counters"), value: integer().index() }'],
    ["number: integer(), words: text().max(200) }", "number: integer().index(), words: text().max(200).search() }"],
  ],
  /** It does not: what it may write there is refused, and it does not know what is required. All the load writes goes through. */
  stricter: [
    [
      "number: integer().index(), words: text().max(200).search() }",
      "number: integer().index(), words: text().max(100).search(), mood: text().max(20) }",
    ],
  ],
} as const;

export interface Versions {
  /** The files of their back ends; they share the folder of the migrations. */
  readonly first: string;
  readonly wider: string;
  readonly stricter: string;
}

/** ./backend.ts as it is, and two later versions of it, in a folder of its own, because migrations are written beside them. */
export async function createVersions(scope: RunScope): Promise<Versions> {
  const folder = await temporaryFolder(scope);
  await mkdir(join(folder, "node_modules"));
  await symlink(packageFolder, join(folder, "node_modules/chassis"));
  await symlink(join(packageFolder, "node_modules/zod"), join(folder, "node_modules/zod"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const first = await readFile(new URL("backend.ts", import.meta.url), "utf8");
  const wider = changed(first, changes.wider);
  const texts = { first, wider, stricter: changed(wider, changes.stricter) };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, `${name}.ts`), text);
  return {
    first: join(folder, "first.ts"),
    wider: join(folder, "wider.ts"),
    stricter: join(folder, "stricter.ts"),
  };
}

function changed(text: string, lines: readonly (readonly [before: string, after: string])[]): string {
  return lines.reduce((result, [before, after]) => {
    if (!result.includes(before)) throw new Error(`backend.ts has no line with ${before} any more.`);
    return result.replace(before, after);
  }, text);
}

export interface Place {
  readonly dataDirectory: string;
  readonly file: string;
}

/** Makes the database, with so many pages. */
export async function fillPages(scope: RunScope, { dataDirectory, file }: Place, rows: number): Promise<void> {
  const lines = Array.from({ length: rows }, (_, index) => JSON.stringify({ number: index, words: `page ${index} of many` }));
  const folder = await temporaryFolder(scope);
  await writeFile(join(folder, "pages.ndjson"), `${lines.join("\n")}\n`);
  await runWell(scope, ["import", "pages", join(folder, "pages.ndjson")], { dataDirectory, file });
}

/** Writes the migration that leads to a version. */
export async function planVersion(scope: RunScope, place: Place, name: "wider" | "stricter"): Promise<void> {
  const answers = name === "wider" ? [] : ["--fill", "pages.mood='calm'"];
  await runWell(scope, ["migrate", "plan", "--name", name, ...answers], place);
}

/** What the command wrote. Throws where it did not end with 0. */
export async function runWell(scope: RunScope, args: readonly string[], place: Place): Promise<string> {
  const { code, output, errors } = await runCommand(scope, args, place);
  if (code !== 0) throw new Error(`chassis ${args.join(" ")} ended with ${code}: ${output}${errors}`);
  return output;
}
