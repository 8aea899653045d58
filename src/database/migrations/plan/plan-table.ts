import { canonical, readColumn } from "../../sqlite/definition/table-text.ts";
import { planColumn, planDroppedColumn } from "./plan-column.ts";
import { planConstraints } from "./plan-constraints.ts";
import type { PairedTable, PlanContext } from "./plan-context.ts";
import { planParts } from "./plan-parts.ts";
import { planRebuild } from "./plan-rebuild.ts";

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
