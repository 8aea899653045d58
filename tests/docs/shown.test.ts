import assert from "node:assert/strict";
import { test } from "node:test";
import { defineBackend, everyone, nobody } from "chassis";
import { openTestBackend, rulesMatrix } from "chassis/testing";
import wiki from "../../examples/history/backend.ts";
import library, { schema } from "../../examples/testing/backend.ts";
import { assertShown } from "./code-blocks/compare-output.ts";
import { type CodeBlock, readPage } from "./code-blocks/read-page.ts";

/** The blocks of a page that this test is named for, in their order. */
function blocksOf(page: string): readonly CodeBlock[] {
  const found = readPage(page).blocks.filter(({ tested }) => tested === "tests/docs/shown.test.ts");
  assert.ok(found.length > 0, page);
  return found;
}

test("docs/learn/testing.md shows what an assertion says, and the snapshot of the rules", async () => {
  const [message, snapshot] = blocksOf("docs/learn/testing.md");
  assert.ok(message !== undefined && snapshot !== undefined);
  assertShown(snapshot, rulesMatrix(library));

  // A rule that lets in too many, as the page has it.
  const wider = defineBackend(schema, {
    rules: {
      users: () => ({ read: everyone, write: nobody }),
      books: () => ({ read: everyone, write: nobody }),
      loans: () => ({ read: nobody, write: nobody }),
      reviews: ({ row, me }) => ({
        read: everyone,
        create: nobody,
        update: row.book.reviews.some((other) => other.reader.eq(me.id)),
        delete: nobody,
      }),
    },
  });
  await using app = await openTestBackend(wider);
  const [tomas, nadia, book] = [
    await app.make.users({ name: "Tomas Silva" }),
    await app.make.users({ name: "Nadia" }),
    await app.make.books(),
  ];
  const review = await app.make.reviews({ book: book.id, reader: tomas.id });
  await app.make.reviews({ book: book.id, reader: nadia.id });
  const claim = app.assertOnly({ can: "update", table: "reviews", row: review, as: review.reader });
  await assert.rejects(claim, (error: Error) => {
    assertShown(message, error.message);
    return true;
  });
});

test("docs/learn/history.md shows a version as it comes", async () => {
  const [version] = blocksOf("docs/learn/history.md");
  assert.ok(version !== undefined);
  await using app = await openTestBackend(wiki, { now: "2026-11-25T11:00:00Z" });
  const ada = app.as(await app.db.users.create({ id: "01890000-0000-7000-8000-00000000ada0", name: "Ada" }));
  const { id } = await ada.db.pages.create({ title: "Tides", body: "They come and go.", isPublic: true });
  await app.advance("1h");
  await ada.db.pages.update(id, { body: "They come twice a day." });
  await app.advance("1290m");
  await ada.db.pages.update(id, { body: "They come." });
  const answer = await ada.fetch(`/rest/v1/pages/${id}/versions`);
  const [, second] = (await answer.json()) as readonly unknown[];
  assertShown(version, JSON.stringify(second));
});
