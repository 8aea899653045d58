import type { Platform } from "#platform";
import { readDuration, type TestClock } from "./test-clock.ts";

export interface AdvanceOptions {
  readonly clock: TestClock;
  readonly waiting: Platform["waiting"];
  /** Until nothing is ready or runs. */
  readonly runJobs: () => Promise<void>;
}

/** Lets time pass from one moment at which something is due to the next, and runs it there. */
export async function advance(by: string | number, { clock, waiting, runJobs }: AdvanceOptions): Promise<void> {
  const length = readDuration(by);
  clock.freeze();
  const end = clock.now() + length;
  const settle = async (): Promise<void> => {
    await waiting.lookNow();
    await runJobs();
  };
  await settle();
  let last = Number.NEGATIVE_INFINITY;
  for (let due = await waiting.nextDue(); due !== undefined && due <= end; due = await waiting.nextDue()) {
    // What is due and stays so, in a queue that is paused say, is passed by.
    if (due <= last) break;
    last = due;
    clock.set(Math.max(clock.now(), due));
    await settle();
  }
  clock.set(end);
  await settle();
}
