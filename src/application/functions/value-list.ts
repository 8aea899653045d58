import type { ValueIndex } from "../records/query.ts";

/** The values of a query while it is made: its tree holds their numbers. */
export class ValueList {
  readonly values: unknown[] = [];

  add(value: unknown): ValueIndex {
    return this.values.push(value) - 1;
  }
}
