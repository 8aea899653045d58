import assert from "node:assert/strict";
import { test } from "node:test";
import { checkJobs } from "./jobs-checker.ts";

test("the checker of jobs sees what never ran, what ran of a rollback, and what ran twice at once", () => {
  const committed = { number: "a", outcome: "committed", unique: false } as const;
  const refused = { number: "b", outcome: "refused", unique: false } as const;
  assert.deepEqual(checkJobs([committed], ["begin 1 - a", "begin 2 - a", "end 2 - a"]), { lost: [], half: [], wrong: [] });
  assert.equal(checkJobs([committed], ["begin 1 - a"]).lost.length, 1);
  assert.match(checkJobs([refused], ["begin 1 - b"]).wrong.join(), /rolled back/);
  assert.match(checkJobs([], ["begin 1 - x"]).wrong.join(), /nobody asked/);
  const keyed = [committed, { ...committed, number: "c" }].map((each) => ({ ...each, unique: true }));
  assert.match(checkJobs(keyed, ["begin 1 k a", "begin 1 k c", "end 1 k a"]).wrong.join(), /twice at once/);
  assert.deepEqual(checkJobs(keyed, ["begin 1 k a", "end 1 k a", "begin 1 k c", "end 1 k c"]).wrong, []);
});
