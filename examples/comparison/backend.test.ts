// task: test
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

test("only the author changes a review", async () => {
  await using app = await openTestBackend(backend);
  const review = await app.make.reviews();
  await app.assertOnly({ can: "update", table: "reviews", row: review, as: review.author });
});

test("averages are compared", async () => {
  await using app = await openTestBackend(backend);
  const school = await app.make.schools({ name: "Delft" });
  await app.make.reviews.many(2, (place) => ({ school, stars: place === 0 ? 5 : 2 }));
  const compared = await app.as(null).fn.compare({ ids: [school.id] });
  assert.deepEqual(compared, [{ name: "Delft", stars: 3.5, count: 2 }]);
});
