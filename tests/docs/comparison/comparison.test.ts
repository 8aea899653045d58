import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "../../../examples/comparison/backend.ts";
import { countCode, peers, renderComparison, tasks } from "./count-code.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/decisions/0075-what-a-user-writes.md"), "utf8");

test("the page has the table that is counted", () => {
  const [, table] = /<!-- counted -->\n\n([^]*?)\n\n<!-- \/counted -->/.exec(page) ?? [];
  assert.equal(table, renderComparison());
});

test("ours is the shortest in every task by characters, as the page says", () => {
  const [ours, ...others] = peers.map(({ folder }) => countCode(folder));
  for (const task of tasks) {
    for (const other of others) assert.ok((ours?.[task].characters ?? Infinity) < other[task].characters, task);
  }
});

test("the query of the comparison gives what it is about", async (t) => {
  await using app = await openTestBackend(backend);
  const dutch = await app.make.schools({ country: "nl", name: "Delft" });
  const ada = await app.make.users({ name: "Ada" });
  await app.make.reviews({ school: dutch, stars: 3 });
  await app.make.reviews({ school: await app.make.schools({ country: "de" }), stars: 5 });
  const wanted = await app.make.reviews({ school: dutch, author: ada, stars: 5, body: "Calm." });

  t.mock.method(globalThis, "fetch", (target: Request, init?: RequestInit) => app.fetch(target, init));
  const { reviews } = await import("../../../examples/comparison/query.ts");
  assert.deepEqual(
    reviews.map(({ id, school, author }) => ({ id, school, author })),
    [{ id: wanted.id, school: { name: "Delft" }, author: { name: "Ada" } }],
  );
});
