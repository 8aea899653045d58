import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nameBackup, namePiece, type NamedBackup, type NamedPiece, readBackupName, readPieceName } from "../names.ts";
import { planRestore } from "../restore/plan-restore.ts";
import { prune } from "./prune.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 1);

interface World {
  readonly backups: readonly NamedBackup[];
  readonly pieces: readonly NamedPiece[];
  readonly now: number;
}

/** What lies at a destination after a while: series one after the other, each with pieces, and backups taken at some of their steps. */
const world: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 600 }),
      steps: fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 30 }),
      copies: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
      merged: fc.nat(10),
      loose: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((runs) => {
    let time = start;
    const backups: NamedBackup[] = [];
    const pieces: NamedPiece[] = [];
    for (const [index, { gap, steps, copies, merged, loose }] of runs.entries()) {
      const series = `s${index}`;
      time += gap * minute;
      const times = [time, ...steps.map((step) => (time += step * minute))];
      const at = new Set([0, ...copies.map((copy) => copy % times.length)]);
      for (const copy of at) {
        const moment = (times[copy] ?? 0) + 500;
        const log = { series, from: copy + 1, through: copy + 1 };
        backups.push({ name: nameBackup(moment, log), moment, log });
        if (loose) backups.push({ name: nameBackup(moment + 100, null), moment: moment + 100, log: null });
      }
      const add = (from: number, to: number): void => {
        const piece = { series, from, to, time: times[to] ?? 0 };
        pieces.push({ ...piece, name: namePiece(piece) });
      };
      const together = Math.min(merged, steps.length);
      if (together > 0) add(1, together);
      for (let number = loose ? 1 : together + 1; number <= steps.length; number++) add(number, number);
    }
    return { backups, pieces, now: time + minute };
  });

/** The best that can be had by trying everything. */
function bestReach({ backups, pieces }: Pick<World, "backups" | "pieces">, until: number): number | undefined {
  const reaches = backups
    .filter(({ moment }) => moment <= until)
    .map(({ moment, log }) => {
      let reach = moment;
      if (log === null) return reach;
      for (let next = log.from; ; ) {
        const all = pieces.filter(({ series, from, to }) => series === log.series && from <= next && next <= to);
        if (all.length > 0 && all.every(({ time }) => time > until)) return until;
        const options = all.filter(({ time }) => time <= until);
        if (options.length === 0) break;
        const farthest = Math.max(...options.map(({ to }) => to));
        reach = Math.max(reach, ...options.filter(({ to }) => to === farthest).map(({ time }) => time));
        next = farthest + 1;
      }
      return reach;
    });
  return reaches.length === 0 ? undefined : Math.max(...reaches);
}

test("a plan comes as close to a moment as anything could, and not past it", () => {
  fc.assert(
    fc.property(world, fc.nat(1_000_000), (all, seconds) => {
      const until = start + seconds * 1000;
      const plan = planRestore(all.backups, all.pieces, until);
      assert.equal(plan?.reach, bestReach(all, until));
      if (plan === undefined) return;
      assert.ok(plan.reach <= until);
      let next = plan.backup.log?.from ?? 0;
      for (const piece of plan.pieces) {
        assert.ok(piece.from <= next && next <= piece.to, "no step is missing");
        next = piece.to + 1;
      }
    }),
  );
});

test("after pruning, every moment that the log promises can still be restored as closely as before", () => {
  fc.assert(
    fc.property(
      world,
      fc.integer({ min: 1, max: 20_000 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5 }),
      (all, keep, parts) => {
        const logKeep = keep * minute;
        const gone = new Set(
          prune(all.backups, all.pieces, { retention: { h: 0, d: 2, w: 0, m: 1, y: 0 }, logKeep, now: all.now }),
        );
        const left = {
          backups: all.backups.filter(({ name }) => !gone.has(name)),
          pieces: all.pieces.filter(({ name }) => !gone.has(name)),
        };
        const newest = all.backups.toSorted((a, b) => b.moment - a.moment)[0];
        assert.ok(newest !== undefined && !gone.has(newest.name));
        // Backups outside of any series may go before their time: the moment itself is what is promised.
        const promised = { backups: all.backups.filter(({ log }) => log !== null), pieces: all.pieces };
        for (const part of parts) {
          const until = all.now - part * logKeep;
          const before = planRestore(promised.backups, promised.pieces, until);
          const after = planRestore(left.backups, left.pieces, until);
          if (before !== undefined && before.reach >= all.now - logKeep) assert.ok((after?.reach ?? 0) >= before.reach);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("backups of the last day are kept, and so is the one that a series without pieces yet begins with", () => {
  const moment = start + 3 * 86_400_000;
  const log = { series: "s", from: 1, through: 1 };
  const first = { name: "first", moment: moment - 2 * 86_400_000, log };
  const backups = [first, { name: "by hand", moment: moment - 3_600_000, log: null }, { name: "newest", moment, log: null }];
  const rule = { retention: { h: 0, d: 1, w: 0, m: 0, y: 0 }, now: moment + 1000 };
  assert.deepEqual(prune(backups, [], { ...rule, logKeep: 7 * 86_400_000 }), []);
  assert.deepEqual(prune(backups, [], { ...rule, logKeep: 86_400_000 }), ["first"]);
});

test("names say what they are of, and other files are left alone", () => {
  const log = { series: "2026-11-25T22-00-00-ab12cd", from: 12, through: 14 };
  for (const each of [log, null]) {
    const name = nameBackup(start + 123, each);
    assert.deepEqual(readBackupName(name), { name, moment: start + 123, log: each });
  }
  const piece = { series: log.series, from: 3, to: 60, time: start + 1 };
  assert.deepEqual(readPieceName(namePiece(piece)), { ...piece, name: namePiece(piece) });
  for (const name of ["readme.txt", "log/x", "a.chassis-backup", "log/../1-2_x.chassis-log"]) {
    assert.equal(readBackupName(name), undefined);
    assert.equal(readPieceName(name), undefined);
  }
});
