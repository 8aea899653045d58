/** What the threads of a `LoopWatch` share and say to each other. Times are in milliseconds. */
export interface LoopThreadOptions {
  /** A BigInt64Array of one: when the loop last turned, in nanoseconds of `process.hrtime`. */
  readonly shared: SharedArrayBuffer;
  readonly limit: number;
  readonly tick: number;
  /** Once it is held for longer than this, it is told while it lasts. */
  readonly long: number;
  readonly format: "json" | "text";
}

/** Where the main thread was when it was asked. */
export interface Place {
  /** The work that it was, as the log names it: `job digest`. Undefined where it was the server's own. */
  readonly work?: string;
  /** Where in the code, innermost first: `parse (/app/backend.ts:12)`. Nothing of Node.js itself. */
  readonly at?: readonly string[];
}

/** A time during which the event loop did not turn. */
export interface LoopStall extends Place {
  readonly milliseconds: number;
}

/** What a log says of a place. */
export function placeFields({ work, at }: Place): object {
  return { ...(work === undefined ? {} : { in: work }), ...(at === undefined ? {} : { at }) };
}
