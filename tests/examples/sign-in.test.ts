import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import { authPageWords } from "#application";
import backend from "../../examples/sign-in/backend.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/learn/sign-in.md"), "utf8");

test("the example asks in its own words, and in the reader's language", async (t) => {
  const app = await openTestBackend(backend);
  t.after(() => app.close());
  const read = async (language: string): Promise<string> =>
    (await app.fetch("/auth/sign-up", { headers: { "accept-language": language } })).text();
  const dutch = await read("nl");
  for (const words of ["Kom in de keuken", "Je naam", "Je eet", "Alles", "Vegetarian", "Ik kook wat ik publiceer"])
    assert.ok(dutch.includes(words), words);
  assert.match(await read("ja"), /<h1>Join the kitchen<\/h1>/);
  assert.match(await (await app.fetch("/")).text(), /href="\/auth\/sign-up\?to=\/"/);
});

test("the page changes texts that there are", () => {
  const known = Object.keys(authPageWords["en"] ?? {});
  for (const [, name = ""] of page.matchAll(/texts: \{ en: \{ (\w+):/g)) assert.ok(known.includes(name), name);
});
