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
const whole = fc.oneof(
  { weight: 3, arbitrary: fc.record({ steps: steps(change, 1, 6), ending }) },
  { weight: 2, arbitrary: fc.record({ steps: readAndChange as fc.Arbitrary<Step[]>, ending }) },
  { weight: 3, arbitrary: fc.record({ steps: look, ending: usual }) },
  { weight: 3, arbitrary: fc.record({ steps: steps(change, 1, 1), ending }) },
);
/** What goes in by single requests, and what looks at it. */
const single = fc.oneof(
  { weight: 4, arbitrary: fc.record({ steps: steps(change, 1, 1), ending }) },
  { weight: 1, arbitrary: fc.record({ steps: look, ending: usual }) },
);

/** Without fast-check's bias towards what is small: transactions that never meet show nothing. */
const plansOf = (made: typeof whole): fc.Arbitrary<Plan> => {
  const entrance = fc.record({ way: fc.nat({ max: 59 }), wait: fc.nat({ max: 4 }) });
  const transaction = fc.tuple(made, entrance).map(([made, entrance]): PlannedTransaction => ({ ...made, ...entrance }));
  const client = fc.array(transaction, { minLength: 1, maxLength: 10, size: "max" });
  return fc.noBias(fc.record({ clients: fc.array(client, { minLength: 2, maxLength: 8, size: "max" }) }));
};

/** The first third of single writes, which share commits in the product when they are many at once. */
export function samplePlans(count: number, seed: number): readonly Plan[] {
  const singles = Math.floor(count / 3);
  return [
    ...fc.sample(plansOf(single), { numRuns: Math.max(1, singles), seed }).slice(0, singles),
    ...fc.sample(plansOf(whole), { numRuns: count - singles, seed }),
  ];
}
