import type { Plan } from "./plan.ts";

interface Failing {
  readonly plan: Plan;
  /** What was wrong with its history. */
  readonly failure: string;
}

/** Which transactions meet is up to the machine: a smaller plan gets so many tries. */
const tries = 5;

/**
 * Leaves out clients, transactions and steps for as long as the plan still fails, until nothing can be left out or the time is over,
 * in milliseconds.
 */
export async function smaller(
  failing: Failing,
  attempt: (plan: Plan) => Promise<string | undefined>,
  time: number,
): Promise<Failing> {
  const deadline = performance.now() + time;
  let best = failing;
  let progress = true;
  while (progress) {
    progress = false;
    for (const plan of candidates(best.plan)) {
      if (performance.now() > deadline) return best;
      const failure = await firstFailure(plan, attempt);
      if (failure === undefined) continue;
      best = { plan, failure };
      progress = true;
      break;
    }
  }
  return best;
}

async function firstFailure(plan: Plan, attempt: (plan: Plan) => Promise<string | undefined>): Promise<string | undefined> {
  for (let time = 0; time < tries; time++) {
    const failure = await attempt(plan);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Plans with one thing less, the largest things first. */
function* candidates({ clients }: Plan): Iterable<Plan> {
  if (clients.length > 1) for (const index of clients.keys()) yield { clients: clients.toSpliced(index, 1) };
  for (const [client, transactions] of clients.entries()) {
    const half = Math.ceil(transactions.length / 2);
    if (half > 1) {
      yield { clients: clients.with(client, transactions.slice(half)) };
      yield { clients: clients.with(client, transactions.slice(0, half)) };
    }
    if (transactions.length > 1) {
      for (const index of transactions.keys()) yield { clients: clients.with(client, transactions.toSpliced(index, 1)) };
    }
  }
  for (const [client, transactions] of clients.entries()) {
    for (const [index, transaction] of transactions.entries()) {
      if (transaction.steps.length < 2) continue;
      for (const step of transaction.steps.keys()) {
        const less = { ...transaction, steps: transaction.steps.toSpliced(step, 1) };
        yield { clients: clients.with(client, transactions.with(index, less)) };
      }
    }
  }
}
