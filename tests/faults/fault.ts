import type { Ledger } from "./ledger.ts";
import type { Need } from "./needs.ts";
import type { RunScope } from "./scope.ts";
import type { Verdict } from "./checker.ts";

export interface RunReport extends Verdict {
  readonly acknowledged: number;
  readonly unknown: number;
  /** What else is worth a word in the table. */
  readonly note?: string;
}

/** One row of the table of FAULTS: what is done, and how one run of it goes. */
export interface Fault {
  /** Its number in the list of faults. */
  readonly number: number;
  readonly name: string;
  readonly done: string;
  readonly needs: readonly Need[];
  /** `round` counts from 0: other rounds meet other moments. Throws where a promise other than lost and half was broken. */
  run(scope: RunScope, round: number): Promise<RunReport>;
  /** Rounds of the short version, which is part of the tests. */
  readonly short: readonly number[];
}

export function report(ledger: Ledger, verdict: Verdict, note?: string): RunReport {
  return {
    ...verdict,
    acknowledged: ledger.count("acknowledged"),
    unknown: ledger.count("unknown"),
    ...(note === undefined ? {} : { note }),
  };
}
