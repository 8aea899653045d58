import assert from "node:assert/strict";
import { test } from "node:test";
import { errorTable } from "#contract";
import { errorName } from "./error-names.ts";

test("every code of the table leads back to its name", () => {
  for (const [name, { code }] of Object.entries(errorTable)) assert.equal(errorName(code), name, code);
});

test("the client's own have theirs", () => {
  assert.deepEqual(["network_failed", "no_answer_in_time", "unreadable_answer"].map(errorName), [
    "networkFailed",
    "noAnswerInTime",
    "unreadableAnswer",
  ]);
});
