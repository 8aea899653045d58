import type { ValueIndex } from "#application";
import { overLimit, type RestLimits } from "../rest-limits.ts";

type Counted = "filters" | "embeds" | "selectItems" | "orderTerms";

const words: Readonly<Record<Counted, string>> = {
  filters: "The query has too many filters",
  embeds: "The query embeds too many relations",
  selectItems: "The select parameter names too much",
  orderTerms: "The query orders by too many terms",
};

/** What parsing one request carries along: the values found so far, and how much was asked for. */
export class ParseContext {
  readonly limits: RestLimits;
  readonly values: unknown[] = [];
  readonly #spent: Record<Counted, number> = { filters: 0, embeds: 0, selectItems: 0, orderTerms: 0 };

  constructor(limits: RestLimits) {
    this.limits = limits;
  }

  add(value: unknown): ValueIndex {
    return this.values.push(value) - 1;
  }

  /** Counts one more against a limit. */
  spend(what: Counted): void {
    if (++this.#spent[what] > this.limits[what]) throw overLimit(this.limits, what, words[what]);
  }
}
