import assert from "node:assert/strict";
import { test } from "node:test";
import { type CallerKind, callerKinds, type RuleChange, compareRules, type Example, type RuleComparison } from "#application";
import { type ActorFacts, evaluateTruth, type Expression, nobodyFacts, printExpression, tableOf } from "#database";
import { and, not, or } from "chassis";
import fc from "fast-check";
import {
  backendWith,
  type Draw,
  drawCondition,
  drawRows,
  drawSignedIn,
  idOf,
  type LooseScope,
  pick,
  relatedIn,
  schema,
} from "./random-rules.ts";
import { propertyRuns } from "../support/property-runs.ts";

const runs = propertyRuns(40, 100);
const now = "2026-11-25T18:00:00.000Z";
const { model } = schema;
const table = tableOf(model, "docs");
type Join = (...parts: readonly unknown[]) => unknown;

/** Two versions of a rule that have much in common. */
function drawPair(draw: Draw): readonly [Expression, Expression] {
  let old: unknown;
  const versions = [0, 1].map((version) => {
    const { rules } = backendWith((scope: LooseScope) => {
      const part = (): unknown => drawCondition(draw, { scope, depth: 2 });
      if (version === 0) return (old = part());
      switch (draw(fc.nat, { max: 4 })) {
        case 0:
          return (and as Join)(old, part());
        case 1:
          return (or as Join)(old, part());
        case 2:
          return (or as Join)((and as Join)(old, part()), (and as Join)(part(), part()));
        case 3:
          return (not as Join)((or as Join)((not as Join)(old), part()));
        default:
          return part();
      }
    });
    return rules.get("docs")?.read;
  });
  const [before, after] = versions;
  assert.ok(before !== undefined && after !== undefined);
  return [before, after];
}

function drawOfKind(draw: Draw, { signedIn, roles }: CallerKind): ActorFacts {
  if (!signedIn) return nobodyFacts;
  const actor = drawSignedIn(draw, idOf("users", draw(fc.nat, { max: 3 })));
  return roles === undefined ? actor : { ...actor, roles };
}

function isReal(example: Example, holds: Expression, fails: Expression): boolean {
  const { actor, row, others } = example;
  const context = { rows: { row, next: row }, actor, now: example.now, related: relatedIn(others) };
  return evaluateTruth(holds, context) === 1 && evaluateTruth(fails, context) !== 1;
}

test("what the diff of two rules says is never contradicted, and its examples are real", () => {
  const seen = new Map<RuleChange, number>();
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const [old, next] = drawPair(draw);
      const caller = pick(draw, ...callerKinds(["admin", "banned", "editor"]));
      const said: RuleComparison = compareRules({ model, table, old, next }, caller);
      const { change, gained, lost } = said;
      seen.set(change, (seen.get(change) ?? 0) + 1);
      const place = (): string => `${caller.name}: ${change}\n${printExpression(old)}\n${printExpression(next)}`;
      if (gained !== undefined) assert.ok(isReal(gained, next, old), `gained ${place()}`);
      if (lost !== undefined) assert.ok(isReal(lost, old, next), `lost ${place()}`);
      assert.equal(gained !== undefined, change === "wider" || change === "incomparable", place());
      for (let times = 0; times < 25; times++) {
        const rows = drawRows(draw);
        const actor = drawOfKind(draw, caller);
        for (const row of rows.get("docs") ?? []) {
          const context = { rows: { row, next: row }, actor, now, related: relatedIn(rows) };
          const [before, after] = [old, next].map((rule) => evaluateTruth(rule, context) === 1);
          const place2 = (): string => `${place()}\n${JSON.stringify([row, actor])}`;
          if (change === "same") assert.equal(after, before, place2());
          if (change === "narrower" || change === "not wider") assert.ok(before || !after, place2());
        }
      }
    }),
    { numRuns: runs, endOnFailure: true },
  );
  for (const change of ["same", "narrower", "wider", "incomparable"] as const)
    assert.ok((seen.get(change) ?? 0) > runs / 50, `${change}: ${seen.get(change)} ${JSON.stringify([...seen])}`);
  // What cannot be told is told to be so, and is seldom.
  assert.ok((seen.get("unknown") ?? 0) < runs / 10, JSON.stringify([...seen]));
});
