/** The time, passed in so that tests can own it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. Jumps when the machine's clock is set. */
  now(): number;
  /** Milliseconds from an arbitrary start that never go back: for durations and timeouts. */
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
