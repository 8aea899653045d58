import type { Model } from "../../model/model.ts";
import type { HiddenEntry } from "../../sqlite/definition/hidden.ts";
import { mentions } from "../../sqlite/definition/table-text.ts";
import type { Draft } from "./draft.ts";
import type { Answers } from "./plan.ts";
import type { Matched } from "./plan-names.ts";
import type { TableState } from "../schema-state.ts";
import type { PlannedTable, RowCounter } from "./values-view.ts";

/** A table that is there before and after. */
export interface PairedTable {
  readonly name: string;
  /** What it is called now. */
  readonly now: string;
  /** As it is, under its present names. */
  readonly before: TableState;
  /** As it is, under its new names. */
  readonly state: TableState;
  readonly target: TableState;
  readonly columns: Matched;
  readonly planned: PlannedTable;
}

export interface PlanContext {
  readonly draft: Draft;
  readonly counter: RowCounter;
  readonly answers: Answers;
  readonly allowed: ReadonlySet<string>;
  readonly model: Model;
  readonly hidden: readonly HiddenEntry[];
  readonly planned: ReadonlyMap<string, PlannedTable>;
  readonly kinds: { readonly found: Readonly<Record<string, string>>; readonly wanted: Readonly<Record<string, string>> };
}

/** Whether a constraint or an index is one that goes with a column. */
export function speaksOf(sql: string, columns: Iterable<string>): boolean {
  return [...columns].some((column) => mentions(sql, column));
}
