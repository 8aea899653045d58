import { randomBytes } from "node:crypto";
import { AppError } from "#contract";
import type { FeedLimits } from "./limits.ts";
import { readPosition } from "./position.ts";
import { estimateBytes, RetainedEntries } from "./retained-entries.ts";
import type { CommitContext, CommitEntry, RowChange } from "./row-change.ts";

/** The entries with their numbers, as far back as they are kept. */
export class EntryLog {
  /** Positions of another process, or of another database in this one, are not ours. */
  readonly incarnation: string = randomBytes(9).toString("base64url");
  readonly #retained: RetainedEntries;
  /** The last number that was given. */
  #last = 0;
  /** What follows an earlier position is not known. */
  #floor = 0;

  constructor(limits: FeedLimits) {
    this.#retained = new RetainedEntries(limits.entries, limits.bytes);
  }

  get last(): number {
    return this.#last;
  }

  append(context: CommitContext, changes: readonly RowChange[]): void {
    this.#last += 1;
    this.#retained.add({ sequence: this.#last, ...context, changes }, estimateBytes(changes));
  }

  /** Something happened, or will, of which there is no entry: everybody must start again. */
  break(): void {
    this.#last += 1;
    this.#floor = this.#last;
    this.#retained.clear();
  }

  /** The entry that follows; undefined where there is none yet. Throws `feedGone` where it is not kept any more. */
  next(after: number): CommitEntry | undefined {
    if (after === this.#last) return undefined;
    const entry = after < this.#floor ? undefined : this.#retained.find(after + 1);
    if (entry === undefined) throw new AppError("feedGone");
    return entry;
  }

  /** The number in a position of ours after which nothing is missing. Throws `feedGone` or `invalidValue`. */
  find(position: string): number {
    const { incarnation, sequence } = readPosition(position);
    if (incarnation !== this.incarnation) throw new AppError("feedGone");
    if (sequence > this.#last) throw new AppError("invalidValue", { details: "This position is past the end of the feed." });
    this.next(sequence);
    return sequence;
  }
}
