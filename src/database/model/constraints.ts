import type { Stored } from "#contract";

/** What a column holds when an insert leaves it out; `increment` and `touch` also on every update. */
export type Default =
  | { readonly type: "value"; readonly value: Stored }
  | { readonly type: "uuid" }
  | { readonly type: "rowNumber" }
  | { readonly type: "now" }
  | { readonly type: "today" }
  | { readonly type: "actor" }
  | { readonly type: "touch" }
  | { readonly type: "increment" }
  /** Null while the row is there; when it was deleted, where deleted rows are kept. */
  | { readonly type: "deletion" }
  /** Of a user: the address of their account, which sign-in writes. Null until then. */
  | { readonly type: "account" };

/** Bounds of a value, each undefined where there is none. Lengths count code points (bytes for `bytes`). */
export interface Limits {
  readonly min?: Stored;
  readonly max?: Stored;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A JavaScript regular expression that some part of the text must match. */
  readonly pattern?: { readonly source: string; readonly flags: string };
}

export interface Reference {
  readonly table: string;
  readonly onDelete: "restrict" | "cascade" | "set null";
  /** The foreign key's name: `<table>_<column>_fkey`. */
  readonly constraint: string;
  /**
   * By default a caller may only refer to a row that they may read (or to themselves): otherwise a foreign key tells
   * whether a row exists that they may not see. True lifts that.
   */
  readonly allowUnreadable: boolean;
}
