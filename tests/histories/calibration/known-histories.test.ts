import assert from "node:assert/strict";
import { describe as suite, test } from "node:test";
import { anomalies } from "../checker/anomalies.ts";
import { check, describe } from "../checker/check.ts";
import { badHistories, goodHistories } from "./bad-histories.ts";
import { parseHistory } from "./notation.ts";

suite("the checker finds, and names, what is wrong", () => {
  for (const { title, history, anomalies: expected } of badHistories) {
    test(title, () => {
      const parsed = parseHistory(history);
      const found = check(parsed);
      assert.deepEqual([...new Set(found.map(({ name }) => name))].sort(), [...expected].sort(), describe(parsed, found));
    });
  }
});

suite("the checker finds nothing where nothing is wrong", () => {
  for (const { title, history } of goodHistories) {
    test(title, () => {
      const parsed = parseHistory(history);
      assert.equal(describe(parsed, check(parsed)), "");
    });
  }
});

test("every anomaly has a history that shows it", () => {
  assert.deepEqual([...new Set(badHistories.flatMap((known) => known.anomalies))].sort(), Object.keys(anomalies).sort());
});

test("an anomaly is told with what its transactions did", () => {
  const history = parseHistory(badHistories.find(({ title }) => title.startsWith("one half"))?.history ?? "");
  const text = describe(history, check(history));
  assert.match(text, /^G-single: read skew/);
  assert.match(text, /T1 wrote 1 to x, which was read by T2 \(wr\)/);
  assert.match(text, /T2 read y without 2, which was written by T1 \(rw\)/);
  assert.match(text, /T2 committed 0\.00\.\.9\.00: x is \[1\], y is \[\]/);
});

test("a history that was recorded wrong is refused, not judged", () => {
  assert.throws(() => check(parseHistory("0-1 x+1\n2-3 x+1")), /written to x twice/);
  assert.throws(() => check([{ id: 1, operations: [], outcome: "unknown", invoked: 0, completed: 1 }]), /no outcome and an end/);
});
