import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRetention, retain } from "./retention.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);

const times = fc.uniqueArray(fc.integer({ min: start, max: start + 800 * day }), { maxLength: 200 });
const retention = fc.record({ h: fc.nat(5), d: fc.nat(10), w: fc.nat(6), m: fc.nat(14), y: fc.nat(2) });

test("the newest is always kept, and nothing that is not there", () => {
  fc.assert(
    fc.property(times, retention, (all, rule) => {
      const kept = retain(all, rule);
      if (all.length > 0) assert.ok(kept.has(Math.max(...all)));
      for (const time of kept) assert.ok(all.includes(time));
    }),
  );
});

test("what was kept is kept again: deleting the others changes nothing", () => {
  fc.assert(
    fc.property(times, retention, (all, rule) => {
      const kept = retain(all, rule);
      assert.deepEqual(retain([...kept], rule), kept);
    }),
  );
});

test("each of the last days, weeks and months that have a backup keeps its newest", () => {
  const month = (time: number): string => new Date(time).toISOString().slice(0, 7);
  const date = (time: number): string => new Date(time).toISOString().slice(0, 10);
  fc.assert(
    fc.property(times, retention, (all, rule) => {
      const kept = retain(all, rule);
      for (const [period, amount] of [
        [date, rule.d],
        [month, rule.m],
      ] as const) {
        const last = [...new Set(all.map(period))].sort().slice(-amount);
        if (amount === 0) continue;
        for (const each of last) assert.ok(kept.has(Math.max(...all.filter((time) => period(time) === each))));
      }
    }),
  );
});

test("a backup a day for two years under 7d,4w,12m leaves a year that thins out", () => {
  const all = Array.from({ length: 730 }, (_, index) => start + index * day + 2 * hour);
  let kept: number[] = [];
  // As it happens: one is made, the others are looked through.
  for (const time of all) kept = [...retain(kept.concat(time), parseRetention("7d,4w,12m"))];
  assert.ok(kept.length >= 7 + 2 + 10 && kept.length <= 23, `${kept.length}`);
  const oldest = Math.min(...kept);
  assert.ok(Math.max(...all) - oldest > 300 * day, new Date(oldest).toISOString());
});

test("years without a backup delete none of the old ones", () => {
  const old = [start, start + day, start + 40 * day];
  assert.equal(retain([...old, start + 2000 * day], parseRetention("7d,4w,12m")).size, 4);
});

test("a rule is read, and one that says nothing is refused", () => {
  assert.deepEqual(parseRetention("7d, 4w,12m"), { h: 0, d: 7, w: 4, m: 12, y: 0 });
  assert.deepEqual(parseRetention("24h,1y"), { h: 24, d: 0, w: 0, m: 0, y: 1 });
  for (const wrong of ["", "7", "7x", "d7", "0d", "7d;4w", "-1d"])
    assert.throws(() => parseRetention(wrong), /such as 7d,4w,12m/);
});
