import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { date, defineBackend, defineSchema, enums, integer, json, nobody, ref, table, text } from "chassis";
import { openTestBackend } from "chassis/testing";
import { z } from "zod";
import backend from "../../examples/testing/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("a row comes with the rows that it needs, and with what was given", async () => {
  await using app = await openTestBackend(backend);
  const review = await app.make.reviews({ stars: 5 });
  assert.equal(review.stars, 5);
  assert.ok((await app.db.books.get(review.book)) !== null);
  assert.ok((await app.db.users.get(review.reader)) !== null);
  const book = await app.make.books({ title: "Emma" });
  const reviews = await app.make.reviews.many(3, (place) => ({ book, stars: place + 1 }));
  assert.deepEqual(
    reviews.map(({ book: id, stars }) => [id, stars]),
    [1, 2, 3].map((stars) => [book.id, stars]),
  );
  assert.equal(await app.db.books.count(), 2);
});

test("the same seed makes the same rows, and another one makes others", async () => {
  const rows = async (random: number): Promise<unknown> => {
    await using app = await openTestBackend(backend, { random, now: "2026-03-01T12:00:00Z" });
    return await app.make.reviews.many(5);
  };
  const [first, again, other] = [await rows(1), await rows(1), await rows(2)];
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

test("traits are sets of fields; what is given wins over them, and a later one over an earlier one", async () => {
  await using app = await openTestBackend(backend, {
    traits: { reviews: { glowing: { stars: 5, body: "Great" }, short: () => ({ body: "Hm" }) } },
  });
  const glowing = app.make.reviews.with("glowing");
  assert.deepEqual([(await glowing()).stars, (await glowing({ stars: 4 })).stars], [5, 4]);
  assert.equal((await glowing.with("short")()).body, "Hm");
  assert.deepEqual(
    (await glowing.many(2)).map(({ body }) => body),
    ["Great", "Great"],
  );
  // @ts-expect-error There is no such trait.
  await assert.rejects(app.make.reviews.with("glowin")(), /reviews has no trait 'glowin'; did you mean 'glowing'\?/);
  // @ts-expect-error There is no such field.
  await assert.rejects(openTestBackend(backend, { traits: { reviews: { bad: { star: 1 } } } }), /did you mean 'stars'/);
});

test("what would be made is given without making it, where nothing else has to be made for it", async () => {
  await using app = await openTestBackend(backend);
  const { book, reader } = await app.make.reviews();
  const { stars, body } = app.make.reviews.build({ book, reader });
  assert.ok(stars >= 1 && stars <= 5 && typeof body === "string");
  assert.equal(await app.db.reviews.count(), 1);
  assert.throws(() => app.make.reviews.build(), /it makes no rows to refer to: give book and reader, or use make\.reviews\(\)/);
});

test("what is wrong is said before anything is written", async () => {
  await using app = await openTestBackend(backend);
  // @ts-expect-error There is no such field.
  await assert.rejects(app.make.reviews({ star: 5 }), /reviews has no field 'star'; did you mean 'stars'\?/);
  // @ts-expect-error The server sets it.
  await assert.rejects(app.make.books({ created: "2026-01-01T00:00:00.000Z" }), /books sets 'created' by itself/);
  // @ts-expect-error It is a number.
  await assert.rejects(app.make.reviews({ stars: "five" }), { fields: [{ field: "stars", message: "must be a whole number" }] });
  await assert.rejects(app.make.reviews({ stars: 6 }), /not valid|validation/i);
  await assert.rejects(app.make.books.many(-1), /how many rows to make, not -1/);
  assert.equal(await app.db.reviews.count(), 0);
});

const hard = defineSchema({
  users: { name: text() },
  eggs: { hen: ref("hens") },
  hens: { egg: ref("eggs") },
  people: { boss: ref("people").optional(), self: ref("people") },
  passwords: { value: text().pattern(/^(?=.*\d)[a-z\d]+$/) },
  shapes: { value: json(z.object({ kind: z.string() })) },
  grades: { mark: enums("a", "b").unique() },
  spans: table(
    { from: date(), to: date(), days: integer() },
    { checks: (row) => ({ order: row.from.lt(row.to), never: row.days.gt(3).and(row.days.lt(1)) }) },
  ),
});
const hardBackend = defineBackend(hard, {
  rules: Object.fromEntries(
    ["users", "eggs", "hens", "people", "passwords", "shapes", "grades", "spans"].map((name) => [
      name,
      () => ({ read: nobody, write: nobody }),
    ]),
  ) as never,
});

test("what cannot be made up is refused, with what to give", async () => {
  await using app = await openTestBackend(hardBackend);
  await assert.rejects(app.make.eggs(), /eggs needs hens needs eggs\. Give one of them/);
  const { id, boss, self } = await app.make.people();
  assert.deepEqual([boss, self], [null, id]);
  await assert.rejects(
    app.make.passwords(),
    /passwords\.value needs a value: .* look-around.*Give one: make\.passwords\(\{ value: \.\.\. \}\)/,
  );
  assert.equal((await app.make.passwords({ value: "abc1" })).value, "abc1");
  await assert.rejects(app.make.shapes(), /shapes\.value needs a value: nothing is known of its shape/);
  await app.make.shapes({ value: { kind: "x" } });
  await app.make.grades.many(2);
  await assert.rejects(app.make.grades(), /No new row of grades was found/);
  await assert.rejects(app.make.spans(), /No row of spans was found that meets the check .*never.*days/);
  await assert.rejects(
    app.make.spans({ days: 2, from: "2026-01-01", to: "2025-01-01" }),
    /with what was given \(.*\) meets the check/,
  );
});

test("a run that fails says from which seed its data came, and that seed makes it again", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "failing.test.ts");
  const testing = pathToFileURL(join(import.meta.dirname, "../../src/testing/index.ts")).href;
  const definition = pathToFileURL(join(import.meta.dirname, "../../examples/testing/backend.ts")).href;
  await writeFile(
    file,
    `import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { openTestBackend } from ${JSON.stringify(testing)};
import backend from ${JSON.stringify(definition)};
test("fails", async () => {
  await using app = await openTestBackend(backend);
  writeFileSync(${JSON.stringify(join(folder, "made.json"))}, (await app.make.books()).title);
  throw new Error("It fails.");
});`,
  );
  const run = (seed?: string): { readonly text: string } => {
    const { stderr } = spawnSync(process.execPath, ["--test-reporter=spec", file], {
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...(seed === undefined ? {} : { CHASSIS_TEST_SEED: seed }) },
      encoding: "utf8",
    });
    return { text: stderr };
  };
  const [, seed = ""] = /came from the seed (\d+)\. To have the same again: CHASSIS_TEST_SEED=\1/.exec(run().text) ?? [];
  const made = await readFile(join(folder, "made.json"), "utf8");
  assert.match(run(seed).text, new RegExp(`came from the seed ${seed}\\.`));
  assert.equal(await readFile(join(folder, "made.json"), "utf8"), made);
  await assert.rejects(openTestBackend(backend, { random: -1 }), /random must be a whole number from 0 to 4294967295, not -1/);
});
