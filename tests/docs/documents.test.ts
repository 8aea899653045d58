import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const pages = globSync(["*.md", "{docs,examples,benchmarks,src,tests}/**/*.md"], { cwd: root, exclude: ["docs/site/**"] });

/** The anchor that a heading gets on the pages of git hosts. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function anchors(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

test("every link inside the documents leads somewhere", () => {
  const broken: string[] = [];
  for (const page of pages) {
    const text = read(page).replace(/```[\s\S]*?```/g, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(root, join(root, dirname(page), decodeURI(path)));
      if (!existsSync(join(root, file))) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined && !anchors(file).includes(anchor)) broken.push(`${page}: ${target} (no such heading)`);
    }
  }
  assert.ok(pages.length > 5);
  assert.deepEqual(broken, []);
});

test("every file and folder that the documents at the top name is there", () => {
  const missing: string[] = [];
  for (const page of pages.filter((path) => !path.includes("/"))) {
    for (const [path] of read(page).matchAll(/\b(?:src|tests|docs|examples|benchmarks|tools)\/[\w./-]*[\w/]/g)) {
      if (!existsSync(join(root, path))) missing.push(`${page}: ${path}`);
    }
  }
  assert.deepEqual(missing, []);
});

test("every part of src/ is on the architecture page", () => {
  const page = read("ARCHITECTURE.md");
  const parts = globSync("src/*/", { cwd: root }).map((path) => `${path.replaceAll("\\", "/").replace(/\/$/, "")}/`);
  assert.ok(parts.length > 4);
  assert.deepEqual(
    parts.filter((part) => !page.includes(part)),
    [],
  );
});

test("files that a row of the architecture page names by their name alone are there too", () => {
  const page = read("ARCHITECTURE.md");
  const names = new Set(globSync("src/**/*.ts", { cwd: root }).map((path) => path.split("/").at(-1)));
  const named = [...page.matchAll(/(?<![\w/.-])[\w-]+\.ts\b/g)].map(([name]) => name);
  assert.ok(named.length > 5);
  assert.deepEqual(
    named.filter((name) => !names.has(name)),
    [],
  );
});

test("the README's example is the one that runs", () => {
  const [, example = ""] = /```ts.*\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
  assert.equal(example, read("examples/quickstart/backend.ts"));
});

test("the two lines of the README are the ones that CI and a newcomer run", () => {
  const readme = read("README.md");
  assert.match(readme, /^npm ci && npm start$/m);
  assert.match(readme, /^npm ci && npm test$/m);
  const ci = read(".ci/run");
  assert.match(ci, /^npm ci$/m);
  // With nothing skipped, and with what `npm test` leaves out.
  assert.match(ci, /^none_skipped npm test$/m);
  assert.match(ci, /^none_skipped npm run test:long$/m);
});

test("newcomers are told to run the command in a way that works with whatever Node.js they have", () => {
  // An older one fails on the first type that it meets, with a stack; npm's scripts and npx have the right one first in their path.
  const first = pages.filter((page) => !page.includes("/") || page.startsWith("examples/"));
  assert.ok(first.includes("README.md"));
  assert.deepEqual(
    first.filter((page) => read(page).includes("node src/cli")),
    [],
  );
});

test("decisions are numbered once each", () => {
  const numbers = globSync("docs/decisions/*.md", { cwd: root }).map((path) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
  assert.ok(numbers.length > 0);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(!numbers.includes(undefined));
});
