import assert from "node:assert/strict";
import { test } from "node:test";
import { sortName } from "./sort-name.ts";

test("names come in a dictionary's order", () => {
  const names = ["Zeta", "École B", '"Aleph" School', "ecole a", "Østfold", "42 Berlin", "Älmhult"];
  assert.deepEqual(
    names.toSorted((a, b) => (sortName(a) < sortName(b) ? -1 : 1)),
    ["42 Berlin", '"Aleph" School', "Älmhult", "ecole a", "École B", "Zeta", "Østfold"],
  );
});

test("a name of nothing but signs keeps them, and a long one is cut between characters", () => {
  assert.equal(sortName("***"), "***");
  assert.equal([...sortName("𝒜".repeat(400))].length, 300);
  assert.ok(sortName(`${"x".repeat(299)}😀😀`).isWellFormed());
});
