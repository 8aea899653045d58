import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { apiPages } from "../../tools/docs/api/api-pages.ts";
import { readExports } from "../../tools/docs/api/read-exports.ts";
import { root } from "./named-tests.ts";

const entries = readExports();
const all = entries.flatMap((entry) => entry.exports.map((item) => ({ entry: entry.name, ...item })));

test("the API reference has everything that can be imported", async () => {
  for (const { name, exports } of entries) {
    const atRunTime = Object.keys((await import(name)) as object);
    const read = exports.filter(({ kind }) => kind !== "type").map((item) => item.name);
    assert.deepEqual(read.toSorted(), atRunTime.toSorted(), name);
  }
  assert.ok(all.filter(({ kind }) => kind === "type").length > 80);
});

test("every export of the package has a docstring", () => {
  const without = [...all, ...entries.map(({ name, doc }) => ({ entry: name, name: "the file itself", doc }))];
  assert.deepEqual(
    without.filter(({ doc }) => !/[.:)`]$/.test(doc)).map(({ entry, name }) => `${entry}: ${name}`),
    [],
  );
});

test("links in docstrings lead to files of the repository", () => {
  const links = all.flatMap(({ doc }) => [...doc.matchAll(/\]\(([^)#\s]+)/g)].map(([, path = ""]) => path));
  assert.ok(links.length > 0);
  assert.deepEqual(
    links.filter((path) => !path.startsWith("https:") && !existsSync(join(root, path))),
    [],
  );
});

test("declarations show what can be called, and nothing of how it is done", () => {
  const of = (entry: string, name: string): string =>
    all.find((item) => item.entry === entry && item.name === name)?.declaration ?? "";
  assert.equal(of("chassis", "everyone"), "const everyone: Condition<boolean>");
  assert.match(of("chassis", "fetchSafely"), /^function fetchSafely\(.*\): Promise<Response>$/);
  assert.match(of("chassis", "AppError"), /^class AppError extends Error \{\n[^]*\n {2}toBody\(\): ErrorBody;\n[^]*\}$/);
  // By the name under which it is exported.
  assert.match(of("chassis", "Condition"), /^interface Condition</);
  assert.deepEqual(
    all.filter(({ declaration }) => /this\.|\breturn\b|#\w/.test(declaration.replaceAll(/\/\*[^]*?\*\//g, ""))),
    [],
  );
});

test("its pages lead from a declaration to the types that it names", () => {
  const page = apiPages(entries).find(({ title }) => title === "chassis/client")?.text ?? "";
  assert.match(page, /### createClient\n[^]*?See [^\n]*\[`ClientOptions`\]\(\/reference\/api\/client\/#clientoptions\)/);
  assert.match(page, /\[`Insert`\]\(\/reference\/api\/chassis\/#insert\)/);
});
