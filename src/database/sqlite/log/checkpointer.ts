import type { Logger } from "#base";
import type { ConnectionOptions, WalState } from "../connection.ts";
import { isDiskFailure } from "../errors.ts";
import { SqliteThread } from "../readers/thread.ts";
import type { WalGuard } from "./wal-guard.ts";

export interface CheckpointerOptions {
  readonly connection: Omit<ConnectionOptions, "isInterrupted" | "readOnly">;
  /** Where the log stands, as the writer sees it. */
  readonly walState: () => WalState;
  /** Nobody writes from when it resolves until what it gives is called. */
  readonly exclusive: () => Promise<() => void>;
  /** The database could not be written or synced: what is in the log must stay there. */
  readonly onFailure: (error: Error) => void;
  /** Who must have read the log before it begins anew, where anybody must. */
  readonly guard: () => WalGuard | undefined;
  readonly logger: Logger;
  readonly limits?: Partial<CheckpointLimits>;
}

/** In frames: pages of the log. */
export interface CheckpointLimits {
  /** That wait before they are copied into the database. Default 1,000. */
  readonly copyAt: number;
  /** In the log, copied or not, from which on writers are stopped for a moment so that it can begin anew. Default 16,384: 64 MiB. */
  readonly restartAt: number;
}

const defaults: CheckpointLimits = { copyAt: 1000, restartAt: 16_384 };
/** A checkpoint may take as long as the disk takes: an hour, in milliseconds. */
const UNHURRIED = 3_600_000;
/** Milliseconds between two looks at the length of the log. */
const LOOK_INTERVAL = 2;
/** Milliseconds before the next try after one in which readers kept every frame from being copied; twice as many after each, up to `RETRY_AFTER`. */
const PINNED_WAIT = 20;
/** Milliseconds before the next try after one that failed. */
const RETRY_AFTER = 1000;
/** The thread ends when it has had nothing to do for so long, in milliseconds. */
const IDLE_TIME = 30_000;

/**
 * Copies the log into the database on a thread of its own, beside those who read and write. Writers who never pause leave no
 * moment at which all of the log is copied, which it must be to begin anew; so once it is long they wait for the last few pages.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #limits: CheckpointLimits;
  #thread: SqliteThread | undefined;
  #idle: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** The length at which the log is next made to begin anew: further off while readers keep it from that. */
  #restartAt: number;
  #nextLook = 0;
  /** When it is next copied, and how long it waits after that where nothing can be. */
  #nextCopy = 0;
  #pinnedWait = PINNED_WAIT;
  #copied = -1;
  #leaving: Promise<void> | undefined;
  #closed = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#restartAt = this.#limits.restartAt;
  }

  /** To be called right after a commit, for while a transaction is open nobody can tell how long the log is. */
  consider(): void {
    const now = performance.now();
    if (now < this.#nextLook || this.#running !== undefined || this.#closed) return;
    this.#nextLook = now + LOOK_INTERVAL;
    const { frames, copied } = this.#options.walState();
    const { copyAt, restartAt } = this.#limits;
    if (frames < restartAt) this.#restartAt = restartAt;
    const restart = frames >= this.#restartAt;
    if (!restart && (frames - copied < copyAt || now < this.#nextCopy)) return;
    this.#running = this.#checkpoint(restart).finally(() => {
      this.#running = undefined;
    });
  }

  /** Nothing is copied any more: after a sync that failed, the log is all that can be trusted. */
  stop(): void {
    this.#closed = true;
  }

  async close(): Promise<void> {
    this.stop();
    await this.#running;
    clearTimeout(this.#idle);
    await Promise.all([this.#leaving, this.#thread?.close()]);
  }

  async #checkpoint(restart: boolean): Promise<void> {
    clearTimeout(this.#idle);
    try {
      this.#thread ??= new SqliteThread({ ...this.#options.connection, readOnly: false });
      if (restart) await this.#options.guard()?.approach();
      this.#pace(await this.#copy(this.#thread));
      if (restart) await this.#copyLast(this.#thread);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (isDiskFailure(error)) this.#options.onFailure(error);
      else this.#options.logger.warn({ err: error }, "The write-ahead log could not be copied into the database. Trying again.");
      this.#nextLook = performance.now() + RETRY_AFTER;
      if (this.#thread?.isLost === true) this.#thread = undefined;
    } finally {
      this.#idle = setTimeout(() => {
        this.#leaving = this.#thread?.close();
        this.#thread = undefined;
      }, IDLE_TIME).unref();
    }
  }

  /** What a reader that began earlier still needs stays where it is: asking again and again only takes the processor from others. */
  #pace({ frames, copied }: WalState): void {
    const isPinned = copied === this.#copied && frames - copied >= this.#limits.copyAt;
    this.#copied = copied;
    this.#nextCopy = isPinned ? performance.now() + this.#pinnedWait : 0;
    this.#pinnedWait = isPinned ? Math.min(RETRY_AFTER, 2 * this.#pinnedWait) : PINNED_WAIT;
  }

  /** While nobody writes, so that nothing is left to copy: the next write then begins the log anew. */
  async #copyLast(thread: SqliteThread): Promise<void> {
    const { restartAt } = this.#limits;
    const release = await this.#options.exclusive();
    try {
      const copy = (): Promise<WalState> => this.#copy(thread);
      const { frames, copied } = await (this.#options.guard()?.pass(copy) ?? copy());
      // A reader that began before still needs the log as it is.
      this.#restartAt = frames === copied ? restartAt : frames + restartAt / 4;
    } finally {
      release();
    }
  }

  async #copy(thread: SqliteThread): Promise<WalState> {
    return (await thread.ask({ type: "checkpoint" }, { timeLimit: UNHURRIED })) as WalState;
  }
}
