/** One write, as data: what a writer asks the server to do. */
export type Operation =
  | { readonly type: "note"; readonly slug: string; readonly body: string }
  | { readonly type: "rewrite"; readonly slug: string; readonly body: string }
  | { readonly type: "remove"; readonly slug: string }
  | { readonly type: "tick"; readonly number: string; readonly counter: string }
  | { readonly type: "order"; readonly number: string; readonly amounts: readonly number[] }
  | {
      readonly type: "transfer";
      readonly number: string;
      readonly source: string;
      readonly target: string;
      readonly amount: number;
    };

/**
 * What the writer knows of it afterwards: it was told that it is done, that it is not, or it was told nothing (or that nobody knows).
 * What was never sent (the connection was refused) counts as refused.
 */
export type Outcome =
  | { readonly type: "acknowledged"; readonly answer: unknown }
  | { readonly type: "refused"; readonly status: number; readonly code: string }
  | { readonly type: "unknown"; readonly reason: string };

export interface Entry {
  readonly operation: Operation;
  readonly outcome: Outcome;
}

/** Everything that all writers sent, in the order of the answers; each writer's own operations in the order it sent them. */
export class Ledger {
  readonly #entries: Entry[] = [];
  #doubt: string | undefined;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  note(operation: Operation, outcome: Outcome): void {
    const doubted: Outcome =
      outcome.type === "acknowledged" && this.#doubt !== undefined ? { type: "unknown", reason: this.#doubt } : outcome;
    this.#entries.push({ operation, outcome: doubted });
  }

  /** From now on what is acknowledged is not believed, for that reason; undefined ends that. */
  doubt(reason: string | undefined): void {
    this.#doubt = reason;
  }

  count(type: Outcome["type"]): number {
    return this.#entries.filter(({ outcome }) => outcome.type === type).length;
  }

  /** Status and code of every refusal, with how often each came. */
  refusals(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { outcome } of this.#entries) {
      if (outcome.type !== "refused") continue;
      const name = `${outcome.status} ${outcome.code}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}
