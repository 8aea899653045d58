import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend, rulesMatrix } from "chassis/testing";
import backend from "./backend.ts";

test("a reader reviews a book once", async () => {
  await using app = await openTestBackend(backend);
  const [ada, book] = [await app.make.users({ name: "Ada" }), await app.make.books()];

  const asAda = app.as(ada);
  const review = await asAda.db.reviews.create({ book: book.id, reader: ada.id, stars: 5, body: "Read it." });
  assert.equal((await app.db.reviews.get(review.id))?.stars, 5);
  await assert.rejects(asAda.db.reviews.create({ book: book.id, reader: ada.id, stars: 4, body: "Again." }), { status: 409 });
});

test("the API gives the newest review first", async () => {
  await using app = await openTestBackend(backend, { now: "2026-03-01T09:00:00Z" });
  const book = await app.make.books();
  await app.make.reviews({ book, body: "Old" });
  app.clock.advance("1d");
  await app.make.reviews({ book, body: "New" });

  const response = await app.fetch("/rest/v1/reviews?select=body,written&order=written.desc");
  assert.deepEqual(await response.json(), [
    { body: "New", written: "2026-03-02T09:00:00.000Z" },
    { body: "Old", written: "2026-03-01T09:00:00.000Z" },
  ]);
});

test("a review is its reader's", async () => {
  await using app = await openTestBackend(backend);
  const review = await app.make.reviews({ notes: "For me alone" });
  const librarian = { roles: ["librarian"] } as const;

  await app.assertOnly({ can: "update", table: "reviews", row: review, as: review.reader });
  await app.assertOnly({ can: "delete", table: "reviews", row: review, as: [review.reader, librarian] });
  await app.assertHidden({ table: "reviews", row: review, field: "notes", from: [null, librarian] });
});

test("librarians lend books, and readers are reminded of them", async () => {
  await using app = await openTestBackend(backend, { now: "2026-03-01T09:00:00Z" });
  const librarian = app.as({ id: "lena", roles: ["librarian"] });
  const book = await app.make.books({ title: "Emma" });
  const reader = await app.make.users({ email: "ada@example.org" });

  await librarian.fn.lend({ book: book.id, reader: reader.id });
  await app.advance("13d");
  assert.deepEqual(await app.outbox.messages(), []);
  await app.advance("1d");
  const { subject } = await app.outbox.next({ to: "ada@example.org" });
  assert.equal(subject, "Please bring back Emma");
});

test("nobody's rights change unseen", (t) => {
  t.assert.snapshot(rulesMatrix(backend), { serializers: [String] });
});
