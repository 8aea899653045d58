import fc from "fast-check";

/** What some clients will do at once, each one transaction after the other. Data, so that it can be printed, repeated and made smaller. */
export interface Plan {
  readonly clients: readonly (readonly PlannedTransaction[])[];
}

export interface PlannedTransaction {
  /** How it enters the product, among the ways that fit its steps; other databases do not look at it. */
  readonly way: number;
  readonly steps: readonly Step[];
  /**
   * `throw`: it fails at its end. `stall`: it does nothing there, until its time is over. `leave`: the client goes away so many turns
   * of the event loop after it asked.
   */
  readonly ending: "commit" | "throw" | "stall" | { readonly leave: number };
  /** Turns of the event loop that the client waits before it asks. */
  readonly wait: number;
}

export type Step =
  /** Reads or appends to a list, reads or writes a register. */
  | { readonly do: "list" | "append" | "get" | "set"; readonly key: number }
  /** An append in a write of several rows that fails, and whose failure the transaction survives. */
  | { readonly do: "undone"; readonly key: number }
  | { readonly do: "pause"; readonly turns: number };

/** Few keys, so that transactions meet. */
export const keyCount = 3;

const key = fc.nat({ max: keyCount - 1 });
const turns = fc.integer({ min: 1, max: 6 });
const pause = fc.record({ do: fc.constant("pause"), turns });
const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("list", "append", "get", "set"), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("undone"), key }) },
  { weight: 2, arbitrary: pause },
);
/** Reads with time between them, for others to write in. */
const look = fc
  .array(fc.tuple(fc.record({ do: fc.constantFrom("list", "get"), key }), pause), { minLength: 1, maxLength: 5, size: "max" })
  .map((pairs) => pairs.flat().slice(0, -1));
/** Reads a key, takes its time, and writes that key or another: what lost updates and write skew are made of. */
const readAndChange = fc
  .record({ read: key, write: key, turns, isList: fc.boolean(), same: fc.boolean() })
  .map(({ read, write, turns, isList, same }) => [
    { do: isList ? "list" : "get", key: read },
    { do: "pause", turns },
    { do: isList ? "append" : "set", key: same ? read : write },
  ]);
const steps = (each: fc.Arbitrary<unknown>, minLength: number, maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(each as fc.Arbitrary<Step>, { minLength, maxLength, size: "max" });
const usual = fc.constant<PlannedTransaction["ending"]>("commit");
const ending = fc.oneof(
  { weight: 20, arbitrary: usual },
  { weight: 2, arbitrary: fc.constantFrom("throw", "throw", "throw", "stall") },
  { weight: 2, arbitrary: fc.record({ leave: fc.nat({ max: 40 }) }) },
);
const transaction = fc
  .oneof(
    { weight: 3, arbitrary: fc.record({ steps: steps(change, 1, 6), ending }) },
    { weight: 2, arbitrary: fc.record({ steps: readAndChange as fc.Arbitrary<Step[]>, ending }) },
    { weight: 3, arbitrary: fc.record({ steps: look, ending: usual }) },
    // Single steps go in by more ways than whole transactions.
    { weight: 3, arbitrary: fc.record({ steps: steps(change, 1, 1), ending }) },
  )
  .chain((made) =>
    fc.record({
      steps: fc.constant(made.steps),
      ending: fc.constant(made.ending),
      way: fc.nat({ max: 59 }),
      wait: fc.nat({ max: 4 }),
    }),
  );

/** Without fast-check's bias towards what is small: transactions that never meet show nothing. */
export const plans: fc.Arbitrary<Plan> = fc.noBias(
  fc.record({
    clients: fc.array(fc.array(transaction, { minLength: 1, maxLength: 10, size: "max" }), {
      minLength: 2,
      maxLength: 8,
      size: "max",
    }),
  }),
);

export function samplePlans(count: number, seed: number): readonly Plan[] {
  return fc.sample(plans, { numRuns: count, seed });
}
