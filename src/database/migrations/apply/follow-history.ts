import { historyColumns, historyTable } from "../../model/history-table.ts";
import type { Model } from "../../model/model.ts";
import type { Answers } from "../plan/plan.ts";
import type { SchemaState, TableState } from "../schema-state.ts";

/**
 * The old versions of a table's rows are beside it, and what was said of the table goes for them: renames, conversions, what may be
 * dropped. Nobody is asked twice.
 */
export function answersForHistory(answers: Answers, model: Model, found: SchemaState): Answers {
  const renames: Record<string, string | null> = { ...answers.renames };
  const convert: Record<string, string> = { ...answers.convert };
  for (const table of model.tables.values()) {
    if (table.history === undefined) continue;
    const [name, said] = [historyTable(table.name), answers.renames?.[table.name]];
    const before = historyTable(said ?? table.name);
    const isThere = found.tables.has(before);
    if (!(name in renames) && said === table.name) renames[name] = name;
    else if (!(name in renames) && (said !== undefined || !isThere))
      renames[name] = typeof said === "string" && isThere ? before : null;
    const there = isThere ? found.tables.get(before)?.text.columns : undefined;
    for (const column of table.columns.values()) {
      const [key, old] = [`${name}.${column.name}`, answers.renames?.[`${table.name}.${column.name}`]];
      if (column.computed !== undefined || key in renames || there === undefined) continue;
      if (typeof old === "string" && there.has(old)) renames[key] = old;
      else if (!there.has(column.name)) renames[key] = null;
      const conversion = answers.convert?.[`${table.name}.${column.name}`];
      if (conversion !== undefined) convert[key] ??= conversion;
    }
  }
  return { ...answers, renames, convert, allow: (answers.allow ?? []).flatMap(alsoForHistory) };
}

function alsoForHistory(id: string): readonly string[] {
  const match = /^(drop|convert) ([^.]+)((?:\..+)?)$/.exec(id);
  if (match === null) return [id];
  const [, verb, table = "", column] = match;
  return [id, `${verb} ${historyTable(table)}${column}`];
}

/** A table of old versions, by its columns. */
export function isHistory(name: string, state: TableState | undefined): boolean {
  return name.endsWith("_history") && state?.text.columns.has(historyColumns.sequence) === true;
}

/** The key that a question or an answer has for the table whose history this is of. */
export function ofHistory(about: string): string {
  const [table = "", ...rest] = about.split(".");
  return [table.replace(/_history$/, ""), ...rest].join(".");
}
