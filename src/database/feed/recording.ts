import type { BeforeCommitListener, Connection } from "../driver.ts";
import type { Table } from "../model/model.ts";
import { Capture, type Captured } from "./capture.ts";
import type { ChangeSource } from "./change-source.ts";
import type { CommitLine, Outcome, Place } from "./commit-line.ts";
import type { CommitContext, RowChange } from "./row-change.ts";

export interface RecordingOptions {
  readonly listeners: readonly BeforeCommitListener[];
  /** Those that the feed or a listener wants to hear of. */
  readonly tables: ReadonlyMap<string, Table>;
  /** Where the feed hears of it; undefined where only the listeners do. */
  readonly line: CommitLine | undefined;
  /** Nobody looks at the changes: the feed only hears that there are some. */
  readonly isHidden: boolean;
  /** The feed does not list changes of more bytes than these. */
  readonly maxBytes: number;
  /** Called once, before the commit. */
  readonly context: () => CommitContext;
}

/**
 * Follows one transaction through its life: `start` once it is open; `beforeCommit` when its work is done; `keep` once nothing can
 * undo it alone any more, in the order of the commits; `publish` when it is durable. `end` is last whatever happens: without
 * `publish` before it the feed never hears of the transaction.
 */
export class Recording {
  readonly #options: RecordingOptions;
  #capture: Capture | undefined;
  #outcome: Outcome | undefined;
  #place: Place | undefined;

  constructor(options: RecordingOptions) {
    this.#options = options;
    if (options.isHidden) this.#outcome = { type: "break" };
  }

  start(source: ChangeSource): void {
    if (!this.#options.isHidden) this.#capture = new Capture(source, this.#options.tables);
  }

  /** Tells the listeners, which may write more by the connection, and notes for the feed what was changed. */
  async beforeCommit(connection: Connection): Promise<void> {
    const capture = this.#capture;
    const captured = capture?.take();
    if (capture === undefined || captured?.bytes === 0) return;
    const context = this.#options.context();
    const told = await this.#tell(captured, connection, context);
    if (this.#options.line === undefined) return;
    const latest = told === undefined ? captured : capture.take();
    if (latest === undefined || latest.bytes > this.#options.maxBytes) {
      this.#outcome = { type: "break" };
      return;
    }
    const isKnown = told !== undefined && captured !== undefined && latest.equals(captured);
    const changes = isKnown ? told : await latest.read(connection);
    if (changes.length > 0) this.#outcome = { type: "changes", context, changes };
  }

  /** Gives the changes where a listener heard of some. */
  async #tell(
    captured: Captured | undefined,
    connection: Connection,
    context: CommitContext,
  ): Promise<readonly RowChange[] | undefined> {
    const { listeners } = this.#options;
    if (listeners.length === 0) return undefined;
    if (captured === undefined) throw new Error(unreadable);
    const changes = await captured.read(connection);
    let isHeard = false;
    for (const listener of listeners) {
      const wanted = new Set(listener.tables);
      const own = changes.filter(({ table }) => wanted.has(table));
      if (own.length === 0) continue;
      isHeard = true;
      await listener.beforeCommit(own, connection, context);
    }
    return isHeard ? changes : undefined;
  }

  keep(): void {
    this.#closeCapture();
    if (this.#outcome !== undefined) this.#place = this.#options.line?.join(this.#outcome);
  }

  publish(): void {
    this.#place?.publish();
  }

  end(): void {
    this.#closeCapture();
    this.#place?.leave();
  }

  #closeCapture(): void {
    this.#capture?.close();
    this.#capture = undefined;
  }
}

const unreadable =
  "The transaction changes a table itself, so that what it does to rows cannot be told. Change tables in a transaction of their own that is 'unrecorded'.";
