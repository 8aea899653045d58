import { AsyncLocalStorage } from "node:async_hooks";

/** Set while the work of a handler's transaction runs. */
const open = new AsyncLocalStorage<true>();

/** Runs the work of a handler's transaction. */
export function withinTransaction<T>(work: () => T): T {
  return open.run(true, work);
}

/**
 * What begins a transaction within the handler's own would wait for itself, until the time limit of the first, and everybody who writes with it.
 *
 * @throws Error that says what to do instead.
 */
export function refuseWithin(what: string, instead: string): void {
  if (open.getStore() === true) throw new Error(`Within a transaction of the job, ${what} would wait for it to end: ${instead}.`);
}
