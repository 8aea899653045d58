import { type Entry, Ledger, type Operation, type Outcome } from "./ledger.ts";

/** A ledger that knows when each answer came. */
export class TimedLedger extends Ledger {
  readonly #times: number[] = [];

  override note(operation: Operation, outcome: Outcome): void {
    super.note(operation, outcome);
    this.#times.push(Date.now());
  }

  /** What must be there of a state that is as of a moment: of what was answered after it, nothing is known. */
  asOf(moment: number): readonly Entry[] {
    return this.entries.map((entry, index) => {
      const isLater = (this.#times[index] ?? 0) > moment;
      return isLater && entry.outcome.type === "acknowledged"
        ? { ...entry, outcome: { type: "unknown", reason: "later" } }
        : entry;
    });
  }
}
