import { AsyncLocalStorage } from "node:async_hooks";

/** A piece of work that somebody else's code does: a call of a function, a request to an app's own route, an attempt of a job. */
export interface Work {
  /** For the log: `function publish`, `job digest`, `GET /about`. */
  readonly name: string;
  /** Makes it fail with what its code threw where nobody could catch it, in a timer say. Of work that is over: does nothing. */
  readonly fail: (thrown: unknown) => void;
  /** Says more of it in the lines that the log has about it: who asks, say. */
  readonly tell?: (fields: object) => void;
}

const current = new AsyncLocalStorage<Work | undefined>();

/** Runs it as that work; so is everything that it begins, timers and callbacks included, also after it has returned. */
export function during<T>(work: Work, run: () => T): T {
  return current.run(work, run);
}

/** Runs what is nobody's work, although somebody's work was the occasion. */
export function outsideWork<T>(run: () => T): T {
  return current.run(undefined, run);
}

/** Whose work the code at hand is; undefined for the server's own. For the log and for failures alone: nothing else may depend on it. */
export function currentWork(): Work | undefined {
  return current.getStore();
}
