import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { programHelp } from "../../../tools/docs/program-help.ts";
import { root } from "../named-tests.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { compile, writeForTypes } from "./check-types.ts";
import { commandTexts } from "./command-line.ts";
import { linkPackages, PageFollower } from "./follow-page.ts";
import { knownCommand } from "./known-command.ts";
import { type CodeBlock, type Page, readPage } from "./read-page.ts";
import { untested } from "./untested.ts";

/** The pages whose code is run: all but decisions, which tell of their time. */
const pages: readonly Page[] = globSync(["README.md", "docs/{learn,recipes,reference}/*.md"], { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .sort()
  .map(readPage);
/** Those that no test of their own follows. */
const own = pages.filter(({ followedBy }) => followedBy === undefined);
const blocks = pages.flatMap((page) => page.blocks);

const run = promisify(execFile);
/** Without what would have tests of pages report to this one in a form of its own. */
const { NODE_TEST_CONTEXT: _, ...ownEnvironment } = process.env;
const folder = await temporaryFolder({ after });
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Readonly<
  Record<"dependencies" | "devDependencies", Readonly<Record<string, string>>>
>;
const modules = await linkPackages(folder, root, Object.keys({ ...dependencies, ...devDependencies }));

/** What one sees of a block, and what is done with it. */
type Way = "untested" | "tested" | "file" | "source" | "fragment" | "parsed" | "commands" | "sql" | "output";

function wayOf(block: CodeBlock, earlier: readonly CodeBlock[]): Way {
  const { language, place } = block;
  if (block.untested !== undefined) return "untested";
  if (block.tested !== undefined) return "tested";
  if (block.title !== undefined) return "file";
  if (block.source !== undefined) return "source";
  if (language === "ts" || language === "tsx") return "fragment";
  if (block.parsed) return "parsed";
  if (language === "sh") return "commands";
  if (language === "sql") return "sql";
  const shows = ["json", "text", "html", "csv", "http", "xml", ""].includes(language);
  assert.ok(
    shows && earlier.some((each) => each.language === "sh" || each.language === "sql"),
    `${place}: nothing runs a block of '${language}' here. CONTRIBUTING.md says how blocks are marked.`,
  );
  return "output";
}

function waysOf({ blocks: all }: Page): readonly Way[] {
  return all.map((block, index) => wayOf(block, all.slice(0, index)));
}

test("every block is run, compiled, compared or says why not, and no more of them say so", () => {
  const counts: Record<string, number> = {};
  for (const page of own) waysOf(page);
  for (const page of pages) {
    for (const block of page.blocks) {
      if (block.untested !== undefined) counts[page.path] = (counts[page.path] ?? 0) + 1;
    }
    for (const file of new Set([page.followedBy, ...page.blocks.map(({ tested }) => tested)])) {
      if (file === undefined) continue;
      assert.ok(existsSync(join(root, file)), `${page.path}: there is no ${file}`);
      assert.ok(readFileSync(join(root, file), "utf8").includes(page.path), `${file} does not read ${page.path}`);
    }
  }
  assert.ok(blocks.length > 100);
  assert.deepEqual(counts, untested, "tests/docs/code-blocks/untested.ts has how many blocks of each page nothing runs");
});

test("what is shown from a file of the repository stands there", () => {
  const flat = (code: string): string => code.replace(/\s+/g, " ").trim();
  const sources = new Map<string, string>();
  for (const { source, text, place } of blocks) {
    if (source === undefined) continue;
    const whole = sources.get(source) ?? flat(readFileSync(join(root, source), "utf8"));
    sources.set(source, whole);
    assert.ok(whole.includes(flat(text)), `${place}: it is not what ${source} says`);
  }
});

test("commands that are shown by themselves are ones that there are", async () => {
  const help = programHelp();
  for (const block of blocks.filter(({ parsed }) => parsed))
    for (const text of commandTexts(block.text)) assert.equal(knownCommand(text, help), undefined, `${block.place}: ${text}`);
});

test("all TypeScript compiles, and the tests among it pass", async () => {
  const home = join(folder, "types");
  await mkdir(home);
  await writeForTypes(home, own);
  const tests = globSync("docs/**/*.test.ts", { cwd: home });
  const [said, ran] = await Promise.all([
    compile(home),
    run(process.execPath, ["--test", "--test-isolation=none", "--test-reporter=dot", ...tests], {
      cwd: home,
      env: ownEnvironment,
    }).then(
      () => "",
      (error: { readonly stdout: string; readonly stderr: string }) => error.stdout + error.stderr,
    ),
  ]);
  assert.equal(said, "");
  assert.equal(ran, "");
});

for (const page of own) {
  const runs = waysOf(page).some((way) => way === "commands" || way === "sql");
  if (!runs) continue;
  test(`whoever follows ${page.path} gets what it shows`, async () => {
    const follower = new PageFollower(join(folder, "pages", page.path.replaceAll(/\W/g, "-")), modules);
    await follower.open();
    try {
      for (const [index, block] of page.blocks.entries()) {
        await atBlock(block, async () => {
          const way = waysOf(page)[index];
          if (way === "file") await follower.write(block);
          else if (way === "commands") await follower.type(block, waysOf(page)[index + 1] === "output");
          else if (way === "sql") follower.query(block);
          else if (way === "output") follower.compare(block);
        });
      }
    } finally {
      await follower.close();
    }
  });
}

async function atBlock(block: CodeBlock, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new Error(`${block.place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
