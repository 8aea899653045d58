import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check, describe } from "../checker/check.ts";
import type { History, Operation, Transaction } from "../checker/history.ts";
import { corruptions } from "./corruptions.ts";
import { hasSerialOrder } from "./serial-order.ts";

type Draft = Pick<Transaction, "outcome"> & {
  readonly steps: readonly { readonly do: "list" | "append" | "undone" | "get" | "set"; readonly key: string }[];
  /** How long before its moment it was asked for, and how long after it was answered; moments are ten apart. */
  readonly before: number;
  readonly after: number;
};

const listStep = fc.record({ do: fc.constantFrom("list", "append", "list", "append", "undone"), key: fc.constantFrom("x", "y") });
const registerStep = fc.record({ do: fc.constantFrom("get", "set"), key: fc.constantFrom("p", "q") });
const drafts = (step: fc.Arbitrary<unknown>): fc.Arbitrary<readonly Draft[]> =>
  fc.array(
    fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 4, size: "max" }),
      outcome: fc.constantFrom("committed", "committed", "committed", "committed", "aborted", "unknown"),
      before: fc.nat({ max: 40 }),
      after: fc.nat({ max: 40 }),
    }) as fc.Arbitrary<Draft>,
    { minLength: 2, maxLength: 6, size: "max" },
  );
const damages = fc.array(fc.tuple(fc.constantFrom(...Object.values(corruptions)), fc.nat({ max: 2 ** 20 })), { maxLength: 2 });

/** The history of transactions that ran one after another, each at its moment. */
function runSerially(drafts: readonly Draft[]): History {
  const lists = new Map<string, number[]>();
  const registers = new Map<string, { value: number; version: number }>();
  let value = 0;
  const doStep = ({ do: what, key }: Draft["steps"][number]): Operation => {
    const { value: now = null, version = 0 } = registers.get(key) ?? {};
    switch (what) {
      case "list":
        return { type: "list", key, values: lists.get(key) ?? [] };
      case "append":
        lists.set(key, [...(lists.get(key) ?? []), ++value]);
        return { type: "append", key, value };
      case "undone":
        return { type: "append", key, value: ++value, undone: true };
      case "get":
        return { type: "read", key, value: now, version };
      case "set":
        registers.set(key, { value: ++value, version: version + 1 });
        return { type: "write", key, value, version: version + 1 };
    }
  };
  return drafts.map(({ steps, outcome, before, after }, index) => {
    const saved = [structuredClone(lists), structuredClone(registers)] as const;
    const operations = steps.map(doStep);
    if (outcome === "aborted") {
      for (const [key] of lists) lists.set(key, saved[0].get(key) ?? []);
      registers.clear();
      for (const [key, register] of saved[1]) registers.set(key, register);
    }
    const seen = outcome === "committed" ? operations : operations.filter(({ type }) => type === "append" || type === "write");
    return {
      id: index + 1,
      operations:
        outcome === "unknown" ? seen.map((each) => (each.type === "write" ? { ...each, version: undefined } : each)) : seen,
      outcome,
      invoked: index * 10 - before,
      completed: outcome === "unknown" ? Number.POSITIVE_INFINITY : index * 10 + after,
    };
  });
}

const histories = (step: fc.Arbitrary<unknown>): fc.Arbitrary<History> =>
  fc.noBias(
    fc
      .tuple(drafts(step), damages)
      .map(([drafts, damages]) =>
        damages.reduce<History>((history, [corrupt, pick]) => corrupt(history, pick) ?? history, runSerially(drafts)),
      ),
  );

const settings = { numRuns: 3000, seed: 5 } as const;

test("what the checker accuses has no serial order: tried against every order", () => {
  let accused = 0;
  fc.assert(
    fc.property(histories(fc.oneof(listStep, registerStep)), (history) => {
      const found = check(history);
      if (found.length === 0) return;
      accused++;
      assert.ok(!hasSerialOrder(history), describe(history, found));
    }),
    settings,
  );
  assert.ok(accused > 300, `only ${accused} of ${settings.numRuns} histories were bad`);
});

test("lists that have no serial order are accused, whatever is wrong with them", () => {
  let judged = 0;
  fc.assert(
    fc.property(histories(listStep), (history) => {
      if (hasSerialOrder(history)) return;
      judged++;
      assert.notDeepEqual(check(history), [], JSON.stringify(history));
    }),
    settings,
  );
  assert.ok(judged > 300, `only ${judged} of ${settings.numRuns} histories were bad`);
});
