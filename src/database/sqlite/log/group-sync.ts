import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import { AppError } from "#contract";

/**
 * How far a commit has gone when it is answered, named for what is lost when the power goes or the operating system dies (a
 * process that dies alone loses nothing in any of them):
 * - `lose-nothing`: it is on the disk.
 * - `lose-a-second`: it will be within a second or so.
 * - `lose-minutes`: it will be at the next checkpoint, whenever that is.
 */
export type Durability = "lose-nothing" | "lose-a-second" | "lose-minutes";

/** Between two syncs of `lose-a-second`, in milliseconds. */
const LAZY_INTERVAL = 1000;

export interface GroupSyncOptions {
  /** The write-ahead log, which is there already. It is another inode than the database, whose locks closing it does not touch. */
  readonly walPath: string;
  readonly durability: Durability;
  /** Called once, with what the disk said: nothing may be written any more. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Makes commits durable together: a commit is appended to the log, and one fdatasync of the log, off the event loop, covers
 * every commit that came before it began. Commits are numbered from 1; whoever was given a number waits for it.
 *
 * After a sync that failed none is tried again, because the kernel then forgets which pages it could not write, and the
 * next sync would succeed without them (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
 */
export class GroupSync {
  readonly #file: number;
  readonly #options: GroupSyncOptions;
  #committed = 0;
  #durable = 0;
  #waiting: Waiter[] = [];
  #state: "idle" | "scheduled" | "syncing" = "idle";
  #failure: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncs = 0;
  #idle: (() => void)[] = [];
  #onFree: () => void = () => {};

  constructor(options: GroupSyncOptions) {
    this.#options = options;
    this.#file = openSync(options.walPath, "r+");
    // What a process left in the log that died is read as committed, and may be on no disk yet.
    if (options.durability !== "lose-minutes") fdatasyncSync(this.#file);
  }

  /** The number of the last commit. */
  get committed(): number {
    return this.#committed;
  }

  /** The disk is busy: whoever commits now waits for the next sync. */
  get isSyncing(): boolean {
    return this.#state === "syncing" && this.#options.durability === "lose-nothing";
  }

  /** `listener` is called whenever a sync has ended, before the next begins. */
  onFree(listener: () => void): void {
    this.#onFree = listener;
  }

  /** How many syncs there were: for measurements. */
  get syncs(): number {
    return this.#syncs;
  }

  /** Why nothing becomes durable any more; undefined while all is well. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Notes that a commit was appended to the log, and gives its number. */
  note(): number {
    this.#committed += 1;
    if (this.#options.durability === "lose-nothing") this.#schedule();
    else if (this.#options.durability === "lose-a-second") this.#scheduleLazily();
    return this.#committed;
  }

  /**
   * Resolves once that commit is as durable as the mode says; undefined where it is already. Rejects with
   * `outcomeUnknown` where that will not be known before the next start.
   */
  reached(commit: number): Promise<void> | undefined {
    if (commit <= this.#durable || this.#options.durability !== "lose-nothing") return undefined;
    if (this.#failure !== undefined) return Promise.reject(unknownOutcome(this.#failure));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
    });
  }

  /** Nothing becomes durable any more, for a reason that was met elsewhere: the checkpoint's sync failed, say. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(unknownOutcome(error));
    this.#options.onFailure(error);
  }

  /** Lets go of the file once the sync under way has ended; nothing may be noted any more. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#state !== "idle") await new Promise<void>((resolve) => this.#idle.push(resolve));
    closeSync(this.#file);
  }

  // Not at once: whoever commits in this turn of the loop is covered by the same sync.
  #schedule(): void {
    if (this.#state !== "idle" || this.#failure !== undefined) return;
    this.#state = "scheduled";
    setImmediate(() => this.#sync());
  }

  #scheduleLazily(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#schedule();
    }, LAZY_INTERVAL);
  }

  #sync(): void {
    if (this.#failure !== undefined) return this.#rest();
    this.#state = "syncing";
    const target = this.#committed;
    fdatasync(this.#file, (error) => {
      this.#state = "idle";
      this.#syncs += 1;
      if (error !== null) this.fail(error);
      // Where another sync failed meanwhile, this one may have succeeded without what that one lost.
      else if (this.#failure === undefined) this.#cover(target);
      this.#rest();
    });
  }

  #rest(): void {
    if (this.#failure !== undefined) this.#state = "idle";
    this.#onFree();
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #cover(target: number): void {
    this.#durable = target;
    // They stand in the order of their numbers, all but those who only read: few enough to look at each.
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.commit <= target) waiter.resolve();
      else this.#waiting.push(waiter);
    }
    if (this.#committed === target) return;
    if (this.#options.durability === "lose-nothing") this.#schedule();
    // The time of those who committed meanwhile may have come while the disk was busy.
    else if (this.#options.durability === "lose-a-second") this.#scheduleLazily();
  }
}

interface Waiter {
  readonly commit: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** For whoever committed and cannot be told whether it will last. */
function unknownOutcome(cause: Error): AppError {
  return new AppError("outcomeUnknown", {
    message: "The server's disk failed while this change was being made durable: it is not known whether it was made.",
    details: "It shows once the server is restarted.",
    hint: "Look for it before you make it again, or send the request again with the same Idempotency-Key.",
    cause,
  });
}

/** For whoever comes after that: nothing of theirs was done. */
export function writesStopped(cause: Error): AppError {
  return new AppError("storageFailed", { cause });
}
