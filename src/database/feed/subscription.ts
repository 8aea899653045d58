import type { FeedSubscription } from "./feed.ts";
import { writePosition } from "./position.ts";
import type { CommitEntry } from "./row-change.ts";

export interface SubscriptionOptions {
  readonly incarnation: string;
  /** The last entry that the consumer has. */
  readonly after: number;
  readonly tables: ReadonlySet<string> | undefined;
  readonly signal: AbortSignal | undefined;
  /** The entry after that one; undefined while there is none. Throws where it is not kept any more. */
  readonly next: (after: number) => CommitEntry | undefined;
  /** Called once, when it is over. */
  readonly onEnd: (subscription: OpenSubscription) => void;
}

/** One consumer: a place in what the feed keeps, and nothing else. */
export class OpenSubscription implements FeedSubscription {
  readonly #options: SubscriptionOptions;
  #after: number;
  /** Whoever waits for the next entry. */
  #waiting: PromiseWithResolvers<void> | undefined;
  #end: { readonly reason: unknown } | "closed" | undefined;
  #isIterated = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#after = options.after;
    options.signal?.addEventListener("abort", this.#abort, { once: true });
    if (options.signal?.aborted === true) this.#abort();
  }

  get position(): string {
    return writePosition(this.#options.incarnation, this.#after);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<CommitEntry, void, undefined> {
    if (this.#isIterated) throw new Error("A subscription is iterated over once: subscribe again, after its position.");
    this.#isIterated = true;
    try {
      for (;;) {
        const entry = await this.#next();
        if (entry === undefined) return;
        yield entry;
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#finish("closed");
  }

  /** There may be a next entry, or none any more. */
  wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  readonly #abort = (): void => this.#finish({ reason: this.#options.signal?.reason });

  /** The next entry that concerns this consumer; undefined once it is closed. */
  async #next(): Promise<CommitEntry | undefined> {
    for (;;) {
      if (this.#end === "closed") return undefined;
      if (this.#end !== undefined) throw this.#end.reason;
      const entry = this.#options.next(this.#after);
      if (entry === undefined) {
        this.#waiting = Promise.withResolvers();
        await this.#waiting.promise;
        continue;
      }
      this.#after = entry.sequence;
      const own = this.#narrow(entry);
      if (own !== undefined) return own;
    }
  }

  #narrow(entry: CommitEntry): CommitEntry | undefined {
    const { tables } = this.#options;
    if (tables === undefined || entry.changes.every(({ table }) => tables.has(table))) return entry;
    const changes = entry.changes.filter(({ table }) => tables.has(table));
    return changes.length === 0 ? undefined : { ...entry, changes };
  }

  #finish(end: { readonly reason: unknown } | "closed"): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#options.onEnd(this);
    this.wake();
  }
}
