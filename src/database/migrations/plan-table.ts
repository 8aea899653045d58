import type { Model } from "../model/model.ts";
import type { HiddenEntry } from "../sqlite/hidden.ts";
import { canonical, mentions, readColumn } from "../sqlite/table-text.ts";
import type { Draft } from "./draft.ts";
import type { Answers } from "./plan.ts";
import { planColumn, planDroppedColumn } from "./plan-column.ts";
import { planConstraints } from "./plan-constraints.ts";
import type { Matched } from "./plan-names.ts";
import { planParts } from "./plan-parts.ts";
import { planRebuild } from "./plan-rebuild.ts";
import type { TableState } from "./schema-state.ts";
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

/** What one table's columns, constraints, indexes, search and triggers need. */
export async function planTable(pair: PairedTable, context: PlanContext): Promise<void> {
  if (needsRebuild(pair)) return planRebuild(pair, context);
  const converted = new Set<string>();
  for (const name of pair.target.text.columns.keys()) {
    if (await planColumn(name, pair, context)) converted.add(name);
  }
  for (const name of pair.columns.dropped) await planDroppedColumn(name, pair, context);
  await planConstraints(pair, converted, context);
  await planParts(pair, converted, context);
}

/** What cannot be changed where it stands: the table's options, and what is part of a column and makes an index of its own. */
function needsRebuild({ state, target, columns }: PairedTable): boolean {
  if (canonical(state.text.options).toUpperCase() !== canonical(target.text.options).toUpperCase()) return true;
  const rest = (text: string | undefined): string => readColumn(text ?? "").rest.toUpperCase();
  if (columns.added.some((name) => rest(target.text.columns.get(name)) !== "")) return true;
  if (columns.dropped.some((name) => /PRIMARY KEY/.test(rest(state.text.columns.get(name))))) return true;
  return [...columns.kept.keys()].some((name) => rest(state.text.columns.get(name)) !== rest(target.text.columns.get(name)));
}

/** Whether a constraint or an index is one that goes with a column. */
export function speaksOf(sql: string, columns: Iterable<string>): boolean {
  return [...columns].some((column) => mentions(sql, column));
}
