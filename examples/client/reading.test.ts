import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "chassis/client";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";
import { review, searchBooks } from "./reading.ts";

test("books are found with their best reviews, and reviewed once", async () => {
  await using app = await openTestBackend(backend);
  const ada = await app.db.users.create({ name: "Ada" });
  const token = await app.as({ id: ada.id }).token();
  const url = "http://localhost";
  const api = createClient<typeof backend>(url, { token, fetch: (request) => app.fetch(request) });

  const [emma = ""] = await api.books.createMany([{ title: "Emma", year: 1815 }, { title: "Emma's garden" }]);
  assert.equal(await review(api, emma, 3, "Fine"), undefined);
  assert.equal(await review(api, emma, 5, "Better each time"), undefined);
  assert.match((await review(api, emma, 6, "Best")) ?? "", /^stars must be at most 5/);
  assert.deepEqual(await searchBooks(api, "emma"), [
    { id: emma, title: "Emma", reviews: [{ stars: 5, body: "Better each time", reader: { name: "Ada" } }] },
  ]);
  assert.equal(await api.fn.borrow({ book: emma }), 0);
  await assert.rejects(api.fn.borrow({ book: emma }), { error: "checkViolation", message: "Every copy is out." });

  const stranger = createClient<typeof backend>(url, { fetch: (request) => app.fetch(request) });
  assert.equal(await review(stranger, emma, 1, "No"), "Sign in first.");
});
