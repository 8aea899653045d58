import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSent } from "./sent-checker.ts";

test("the checker of what was sent sees what is missing, of a rollback, of nobody, and as two messages", () => {
  const asked = [
    { name: "a", outcome: "committed" },
    { name: "b", outcome: "refused" },
    { name: "c", outcome: "unknown" },
  ] as const;
  const good = [1, 2].map(() => ({ name: "a", id: "1" }));
  assert.deepEqual(checkSent(asked, good, "x"), { lost: [], half: [], wrong: [] });
  assert.match(checkSent(asked, [], "x").lost.join(), /a was committed, and x never got it/);
  assert.match(checkSent(asked, [...good, { name: "b", id: "2" }], "x").wrong.join(), /b was rolled back/);
  assert.match(checkSent(asked, [...good, { name: "d", id: "2" }], "x").wrong.join(), /d, which nobody asked for/);
  assert.match(checkSent(asked, [...good, { name: "a", id: "2" }], "x").wrong.join(), /a went to x as two messages/);
});
