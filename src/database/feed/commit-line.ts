import type { CommitContext, RowChange } from "./row-change.ts";

/** What the feed hears of a transaction: its changes, or that there were some which cannot be listed. */
export type Outcome =
  | { readonly type: "changes"; readonly context: CommitContext; readonly changes: readonly RowChange[] }
  | { readonly type: "break" };

export interface Place {
  /** It is durable. */
  publish(): void;
  /** It will never be known to be durable, or was not committed after all. Nothing happens after `publish`. */
  leave(): void;
}

interface Member {
  readonly outcome: Outcome;
  state: "waiting" | "durable" | "left";
}

/**
 * Holds what was committed until it is durable, and hands it on in the order of the commits, whichever is reported to be
 * durable first.
 */
export class CommitLine {
  readonly #deliver: (outcome: Outcome) => void;
  readonly #line: Member[] = [];

  constructor(deliver: (outcome: Outcome) => void) {
    this.#deliver = deliver;
  }

  /** To be called in the order of the commits. */
  join(outcome: Outcome): Place {
    const member: Member = { outcome, state: "waiting" };
    this.#line.push(member);
    const become = (state: "durable" | "left"): void => {
      if (member.state !== "waiting") return;
      member.state = state;
      this.#advance();
    };
    return { publish: () => become("durable"), leave: () => become("left") };
  }

  #advance(): void {
    const waiting = this.#line.findIndex(({ state }) => state === "waiting");
    const ready = this.#line.splice(0, waiting === -1 ? this.#line.length : waiting);
    for (const { state, outcome } of ready) if (state === "durable") this.#deliver(outcome);
  }
}
