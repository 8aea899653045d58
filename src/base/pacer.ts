import { setImmediate } from "node:timers/promises";

/** Milliseconds that long work may hold the event loop at a time. */
const TURN = 10;

/**
 * For work in many small steps that each may end at once: waiting for such steps never lets anybody else in. Call it between
 * steps, and each time ten milliseconds are over it lets the event loop turn: others are served, timers and signals are noticed.
 */
export function createPacer(): () => Promise<void> | undefined {
  let last = performance.now();
  const turn = async (): Promise<void> => {
    await setImmediate();
    last = performance.now();
  };
  return () => {
    if (performance.now() - last < TURN) return undefined;
    return turn();
  };
}
