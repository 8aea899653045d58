import type { Json } from "#contract";
import type { SourceTable } from "#database";
import type { now, today } from "../rules/moments.ts";
import type { Reading } from "./convert-value.ts";

/** The schema of a database of any hand, ready to be printed as TypeScript, built, and filled. */
export interface PulledSchema {
  readonly tables: readonly PulledTable[];
  /** Tables and other things that are not taken over, each with the reason. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly what: string;
  readonly reason: string;
}

export interface PulledTable {
  readonly name: string;
  readonly source: SourceTable;
  /** What the table's own comment says beside its name. */
  readonly comments: readonly string[];
  readonly fields: readonly PulledField[];
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly (readonly string[])[];
  readonly checks: readonly PulledCheck[];
  /** Where each column of the new table comes from, `id`, `created` and `updated` too. */
  readonly origins: ReadonlyMap<string, Origin>;
}

export interface Origin {
  readonly column: string;
  readonly reading: Reading;
}

export interface PulledField {
  readonly name: string;
  /** The function that makes it, then its modifiers: what is printed is what is called. */
  readonly calls: readonly Call[];
  readonly comment: string | undefined;
}

export interface Call {
  readonly name: string;
  readonly arguments: readonly Argument[];
}

export type Argument = Json | typeof now | typeof today;

/** One field beside another: `row.to.gte(row.from)`. */
export interface PulledCheck {
  readonly name: string;
  readonly left: string;
  readonly operator: "lt" | "lte" | "gt" | "gte" | "eq" | "neq";
  readonly right: string;
}

/** What a program's own bookkeeping says of a column, beside what SQLite knows. */
export interface SourceHints {
  readonly column: (table: string, column: string) => ColumnHint | undefined;
  /** Tables that are the program's own business, with the reason to leave them out. */
  readonly ownTable: (table: SourceTable) => string | undefined;
}

export interface ColumnHint {
  readonly kind?: "text" | "integer" | "real" | "bool" | "email" | "url" | "timestamp" | "enum" | "json" | "secret";
  readonly values?: readonly string[];
  readonly references?: { readonly table: string; readonly onDelete: string };
  readonly why?: string;
}
