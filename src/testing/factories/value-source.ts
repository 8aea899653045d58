import type { Random } from "./random.ts";

/** No value of the column can be made up. The message goes on after its name: "needs a value: ...". */
export class CannotMakeError extends Error {
  override readonly name: string = "CannotMakeError";
}

export interface ValueSource {
  readonly random: Random;
  /** Milliseconds since 1970: moments lie around it. */
  readonly now: number;
  /** A number that no other value of this test has, for what has to differ. */
  readonly next: () => number;
}
