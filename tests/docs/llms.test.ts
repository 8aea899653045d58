import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { errorGroups, errorTable } from "#contract";
import { settings } from "#settings";
import { describeAll, describeList, shippedDocuments } from "../../tools/docs/llms/describe-llms.ts";
import { plain, take } from "../../tools/docs/llms/markdown.ts";
import { programHelp } from "../../tools/docs/program-help.ts";
import { root } from "./named-tests.ts";

const whole = describeAll();

test("the compact reference fits into the context of a small model", () => {
  // About four characters make a token: 25,000 of them.
  assert.ok(
    whole.length > 50_000 && whole.length <= 100_000,
    `${whole.length} characters: tools/docs/llms/parts.ts says what is in it`,
  );
});

test("the compact reference has every setting, every command and the errors that authors throw", () => {
  const commands = programHelp().filter(
    ({ name, commands: inner }) => name !== "" && inner.length === 0 && !name.startsWith("_"),
  );
  const operators = new Set([
    "audit",
    "backup",
    "client",
    "doctor",
    "jobs",
    "key",
    "mail",
    "restore",
    "secret",
    "user",
    "webhooks",
    "completion",
  ]);
  const forApps = new Set(Object.keys(errorGroups.find(({ heading }) => heading.includes("other apps"))?.rows ?? {}));
  const wanted = [
    ...Object.values(settings).map(({ variable }) => `\`${variable}\``),
    ...commands.map(({ name }) => (operators.has(name.split(" ")[0] ?? "") ? `\`${name}\`` : `- \`chassis ${name}\`: `)),
    ...Object.entries(errorTable).flatMap(([name, { code }]) =>
      code.startsWith("PGRST1") || forApps.has(name) ? [] : [`- \`${name}\` `],
    ),
    ...[
      "text",
      "enums",
      "accountEmail",
      "defaultToActor",
      "search",
      "onDelete",
      "isDistinctFrom",
      "provedWithin",
      "upsert",
      "createMany",
      "createQueries",
      "useMutation",
      "api.batch",
    ].map((name) => `${name}(`),
  ];
  assert.deepEqual(
    wanted.filter((text) => !whole.includes(text)),
    [],
  );
});

test("the compact reference has nothing that is for other readers", () => {
  assert.doesNotMatch(whole, /<!--|\]\(|source="|untested=|tested="/);
});

test("llms.txt has the form of llmstxt.org, and every document that is shipped", () => {
  const list = describeList();
  assert.match(list, /^# Chassis\n\n> [^\n]+\n\n/);
  const links = [...list.matchAll(/^- \[[^\]]+\]\(([^)]+)\)(?:: .+)?$/gm)].map(([, path = ""]) => path);
  assert.equal(links.length, list.split("\n").filter((line) => line.startsWith("- ")).length);
  const documents = links.filter((path) => path !== "llms-full.txt");
  assert.deepEqual(
    documents.filter((path) => !existsSync(join(root, path))),
    [],
  );
  assert.deepEqual(
    documents.toSorted(),
    shippedDocuments().filter((path) => !path.endsWith("README.md")),
  );
});

test("sections are taken by their headings, and one that is gone is told", () => {
  const text = "intro\n## A\na\n### A1\na1\n```sh\n## no heading\n```\n## B\nb\n";
  assert.equal(take(text, { page: "x", only: ["B"] }), "## B\nb\n\n");
  assert.equal(take(text, { page: "x", without: ["A"] }), "intro\n## B\nb\n\n");
  const table = "## A\n\na\n\n| a |\n|---|\n| b |\n\nc\n";
  assert.equal(take(table, { page: "x", only: [], tablesOf: ["A"] }), "## A\n\n| a |\n|---|\n| b |\n\n");
  const two = "## A\n\na\n\n| a |\n|---|\n| b |\n\nc\n\n| d |\n|---|\n| e |\n";
  assert.equal(take(two, { page: "x", only: [], tablesOf: ["A"] }), "## A\n\n| a |\n|---|\n| b |\n\n| d |\n|---|\n| e |\n\n");
  const files = 'a\n\n```ts title="a.ts"\nx\n```\n\nb\n';
  assert.equal(take(files, { page: "x", withoutFiles: ["a.ts"] }), "a\n\nb\n\n");
  assert.throws(() => take(files, { page: "x", withoutFiles: ["b.ts"] }), /docs\/x\.md shows no b\.ts/);
  assert.throws(() => take(text, { page: "x", only: ["C"] }), /docs\/x\.md has no heading 'C'/);
  assert.equal(
    plain('See [it](x.md).\n\n<!-- given\na\n-->\n\n```ts title="a.ts" source="b"\n[x](y)\n```\n'),
    "See it.\n\n```ts a.ts\n[x](y)\n```",
  );
});

test("the files of the reference are those that the sources are made of", () => {
  assert.ok(whole.includes(readFileSync(join(root, "tools/docs/llms/preface.md"), "utf8").trim()));
});
