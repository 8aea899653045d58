import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/learn/permissions.md"), "utf8");
const example = await readFile(join(root, "examples/permissions/backend.ts"), "utf8");
const library = new URL("../../src/index.ts", import.meta.url).href;
const definition = example.replace('"chassis"', JSON.stringify(library));

test("the code of docs/learn/permissions.md is the example, and its commands say what the page says", async (t) => {
  assert.equal(/```ts.*\n([\s\S]*?)```/.exec(page)?.[1], example);
  const { run, path, write } = await backendFolder(t, definition);
  const id = (end: string): string => `01890000-0000-7000-8000-00000000${end}`;
  const rows: Readonly<Record<string, readonly object[]>> = {
    users: [
      { id: id("aa01"), name: "Ada" },
      { id: id("aa02"), name: "Bob" },
      { id: id("aa03"), name: "Eve" },
    ],
    organisations: [
      { id: id("cc01"), name: "Acme" },
      { id: id("cc02"), name: "Other" },
    ],
    members: [
      { organisation: id("cc01"), user: id("aa01"), duty: "lead" },
      { organisation: id("cc01"), user: id("aa02") },
      { organisation: id("cc02"), user: id("aa03"), duty: "lead" },
    ],
    projects: [{ id: id("bb01"), organisation: id("cc01"), title: "House", budget: "much" }],
  };
  for (const [table, list] of Object.entries(rows)) {
    const file = await write(`${table}.ndjson`, list.map((row) => JSON.stringify(row)).join("\n"));
    assert.equal((await run("import", table, file, "-b", path)).errors.replaceAll(/.*rows?.*\n/g, ""), "", table);
  }
  const [why = "", who = ""] = [...page.matchAll(/npx chassis ((?:explain|who) .*)/g)].map(([, command = ""]) => command);
  const explained = await run(...why.split(" "), "-b", path);
  assert.match(
    explained.output,
    /\n\S+aa02 may not update the row \S+bb01 of 'projects': .* is false \(row\.organisation\.members: 2 rows, of which 0 meet the condition/,
  );
  const people = await run(...who.split(" "), "-b", path);
  assert.match(people.output, /:\n {2}2 people:\n {4}\S+aa01 {2}Ada\n {4}\S+aa02 {2}Bob\n$/);

  const old = await write("rules.json", (await run("rules", "snapshot", path)).output);
  await mkdir(`${path}/next`);
  await write("next/backend.ts", definition.replace(", fields: { budget: { read: leads } }", ""));
  const { code, output } = await run("rules", "diff", old, `${path}/next`);
  assert.equal(code, 1);
  const told = /```text.*\n(WIDER.*)\n```/.exec(page)?.[1] ?? "nothing";
  assert.ok(output.includes(told), output);
});
