import { type Clock, didYouMean } from "#base";
import { AppError } from "#contract";
import type { BeforeCommitListener, TransactionOptions } from "../driver.ts";
import type { Model, Table } from "../model/model.ts";
import { CommitLine, type Outcome } from "./commit-line.ts";
import { EntryLog } from "./entry-log.ts";
import type { Feed, FeedSubscription, SubscribeOptions } from "./feed.ts";
import { defaultFeedLimits, type FeedLimits } from "./limits.ts";
import { Recording } from "./recording.ts";
import { type Author, type CommitContext, systemAuthor } from "./row-change.ts";
import { OpenSubscription } from "./subscription.ts";

export interface CommitFeedOptions {
  readonly clock: Clock;
  readonly limits?: Partial<FeedLimits>;
  /** Resolves when the transactions that are open at the call are over. */
  readonly settle: () => Promise<void>;
}

/** The feed of a database that this process alone writes to. It is kept in memory, as long as somebody wants it. */
export class CommitFeed implements Feed {
  readonly #options: CommitFeedOptions;
  readonly #limits: FeedLimits;
  readonly #log: EntryLog;
  readonly #line = new CommitLine((outcome) => this.#deliver(outcome));
  readonly #listeners = new Set<BeforeCommitListener>();
  readonly #consumers = new Set<OpenSubscription>();
  /** How many wait in `subscribe`. */
  #arriving = 0;
  #tables: ReadonlyMap<string, Table> = new Map();
  /** While entries are collected. */
  #collecting: Collecting | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #lastMoment = 0;
  /** Whoever waits in `subscribe` is told. */
  readonly #closed = new AbortController();

  constructor(options: CommitFeedOptions) {
    this.#options = options;
    this.#limits = { ...defaultFeedLimits, ...options.limits };
    this.#log = new EntryLog(this.#limits);
  }

  /** Says which tables there are. Until then there is nothing that could be told. */
  follow(model: Model): void {
    this.#tables = model.tables;
  }

  onBeforeCommit(listener: BeforeCommitListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For a transaction that begins now; undefined where nobody wants to know of it. */
  record({ unrecorded, author, rollback }: TransactionOptions): Recording | undefined {
    const forFeed = this.#collecting !== undefined;
    if ((!forFeed && this.#listeners.size === 0) || rollback === true) return undefined;
    const isHidden = unrecorded === true;
    if (isHidden && !forFeed) return undefined;
    const listeners = isHidden ? [] : [...this.#listeners];
    return new Recording({
      listeners,
      tables: isHidden ? new Map() : forFeed ? this.#tables : this.#listenedTables(),
      line: forFeed ? this.#line : undefined,
      isHidden,
      maxBytes: this.#limits.bytes,
      context: () => this.#context(author ?? systemAuthor),
    });
  }

  async subscribe({ after, signal, tables }: SubscribeOptions = {}): Promise<FeedSubscription> {
    signal?.throwIfAborted();
    if (this.#closed.signal.aborted) throw closedError();
    const wanted = tables === undefined ? undefined : this.#checked(tables);
    const known = after === undefined ? undefined : this.#log.find(after);
    this.#arriving += 1;
    try {
      const collecting = this.#collect();
      if (!collecting.isSettled) await unlessAborted(collecting.settled, [this.#closed.signal, signal]);
      const consumer = new OpenSubscription({
        incarnation: this.#log.incarnation,
        after: known ?? this.#log.last,
        tables: wanted,
        signal,
        next: (sequence) => this.#log.next(sequence),
        onEnd: (ended) => {
          this.#consumers.delete(ended);
          this.#lingerIfAlone();
        },
      });
      this.#consumers.add(consumer);
      return consumer;
    } finally {
      this.#arriving -= 1;
      this.#lingerIfAlone();
    }
  }

  /** Ends every iteration. */
  close(): void {
    this.#closed.abort(closedError());
    for (const consumer of this.#consumers) consumer.close();
    this.#stopCollecting();
  }

  #collect(): Collecting {
    clearTimeout(this.#lingering);
    if (this.#collecting === undefined) {
      this.#collecting = new Collecting(this.#options.settle());
    }
    return this.#collecting;
  }

  /** A table that is not there would never be heard of. */
  #checked(tables: Iterable<string>): ReadonlySet<string> {
    const wanted = new Set(tables);
    for (const name of wanted)
      if (!this.#tables.has(name)) throw new Error(`There is no table '${name}'${didYouMean(name, this.#tables.keys()) || "."}`);
    return wanted;
  }

  #lingerIfAlone(): void {
    if (this.#closed.signal.aborted || this.#arriving > 0 || this.#consumers.size > 0) return;
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.#stopCollecting(), this.#limits.linger).unref();
  }

  #stopCollecting(): void {
    clearTimeout(this.#lingering);
    this.#collecting = undefined;
    this.#log.break();
  }

  #deliver(outcome: Outcome): void {
    // What was recorded before the collecting stopped is nothing to those who came after.
    if (this.#collecting === undefined) return;
    if (outcome.type === "break") this.#log.break();
    else this.#log.append(outcome.context, outcome.changes);
    for (const consumer of this.#consumers) consumer.wake();
  }

  #listenedTables(): ReadonlyMap<string, Table> {
    const tables = new Map<string, Table>();
    for (const listener of this.#listeners)
      for (const name of listener.tables) {
        const table = this.#tables.get(name);
        if (table !== undefined) tables.set(name, table);
      }
    return tables;
  }

  #context(author: Author): CommitContext {
    this.#lastMoment = Math.max(this.#lastMoment, this.#options.clock.now());
    return { moment: new Date(this.#lastMoment).toISOString(), author };
  }
}

class Collecting {
  /** Resolves when no transaction is open any more that began before, and so was not recorded. */
  readonly settled: Promise<void>;
  #isSettled = false;

  constructor(settling: Promise<void>) {
    this.settled = this.#settle(settling);
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  async #settle(settling: Promise<void>): Promise<void> {
    await settling;
    this.#isSettled = true;
  }
}

/** The same promise, for one who may lose interest before it settles. */
async function unlessAborted(promise: Promise<void>, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const given = signals.filter((signal) => signal !== undefined);
  const abort = (): void => aborted.reject(given.find((signal) => signal.aborted)?.reason);
  for (const signal of given) signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    for (const signal of given) signal.removeEventListener("abort", abort);
  }
}

function closedError(): AppError {
  return new AppError("unavailable", { cause: new Error("The database is closed.") });
}
