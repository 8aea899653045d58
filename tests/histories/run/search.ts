import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import { check, describe } from "../checker/check.ts";
import { type Plan, samplePlans } from "./plan.ts";
import { runPlan, type Store } from "./run-plan.ts";
import { smaller } from "./smaller.ts";

export interface SearchOptions {
  /** A database for one history; several are under way at once. */
  readonly store: () => Store;
  readonly seed: number;
  /** Histories, and milliseconds after which no more are begun. */
  readonly histories: number;
  readonly time?: number;
  /** Milliseconds for making smaller what fails. */
  readonly timeToShrink?: number;
}

export interface Search {
  readonly histories: number;
  /** What is wrong, with the smallest plan that showed it; undefined where all is well. */
  readonly failure: string | undefined;
}

/** So many at once that they wait for each other in the database. */
const atOnce = 6;

/** Runs plans of that seed against a database until a history is bad. */
export async function search({
  store,
  seed,
  histories,
  time = Number.POSITIVE_INFINITY,
  timeToShrink = 5000,
}: SearchOptions): Promise<Search> {
  const plans = samplePlans(histories, seed);
  const deadline = performance.now() + time;
  let next = 0;
  let failing: { readonly index: number; readonly plan: Plan; readonly found: string } | undefined;
  const worker = async (): Promise<void> => {
    while (failing === undefined && performance.now() < deadline) {
      const index = next++;
      const plan = plans[index];
      if (plan === undefined) return;
      const found = await tryPlan(plan, store());
      if (found !== undefined) failing ??= { index, plan, found };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failing === undefined) return { histories: Math.min(next, plans.length), failure: undefined };
  const { index, plan, found } = failing;
  const smallest = await smaller({ plan, failure: found }, (candidate) => tryPlan(candidate, store()), timeToShrink);
  // What was begun by others has ended by now, so that the database can be closed.
  await setTimeout(50);
  const failure = [
    `A history is bad (seed ${seed}, plan ${index}).`,
    smallest.failure,
    `The smallest plan that showed it: ${JSON.stringify(smallest.plan)}`,
  ].join("\n");
  return { histories: next, failure };
}

/** What is wrong with the history of a plan: a defect that ended it, too. */
async function tryPlan(plan: Plan, store: Store): Promise<string | undefined> {
  try {
    const history = await runPlan(plan, store);
    const anomalies = check(history);
    return anomalies.length === 0 ? undefined : describe(history, anomalies);
  } catch (error) {
    // With its causes.
    return inspect(error);
  }
}
