import type { HiddenEntry } from "../../sqlite/definition/hidden.ts";
import { foreignKeysOf, hiddenDefinition } from "../apply/hide.ts";
import { isLooser } from "./looser.ts";
import type { SchemaState, TableState } from "../schema-state.ts";
import { isUnique } from "../schema-state.ts";
import type { Step } from "../step.ts";
import { readColumn } from "../../sqlite/definition/table-text.ts";

interface Outcome {
  readonly wanted: SchemaState;
  readonly found: SchemaState;
  readonly hidden: readonly HiddenEntry[];
  readonly steps: readonly Step[];
}

/** The schema with what a plan hides: what a version that still knows of it finds. */
export function afterPlan({ wanted, found, steps }: Outcome): SchemaState {
  const tables = new Map<string, TableState>(wanted.tables);
  for (const step of steps) {
    if (step.type === "hideTable") {
      const table = found.tables.get(step.table);
      if (table === undefined || tables.has(step.table)) continue;
      const keys = foreignKeysOf(table);
      const constraints = new Map([...table.text.constraints].filter(([name]) => !keys.has(name)));
      tables.set(step.table, { ...table, text: { ...table.text, constraints } });
    } else if (step.type === "hideColumn") {
      const [table, before] = [tables.get(step.table), found.tables.get(step.table)];
      if (table === undefined || before === undefined || !before.text.columns.has(step.column)) continue;
      const columns = new Map([...table.text.columns, [step.column, hiddenDefinition(before, step.column)] as const]);
      tables.set(step.table, { ...table, text: { ...table.text, columns } });
    }
  }
  return { ...wanted, tables };
}

/** Steps that add or loosen: they change no value and hide nothing. */
export function isSafeStep(step: Step): boolean {
  switch (step.type) {
    case "createTable":
    case "addColumn":
    case "createSearch":
    case "dropIndex":
    case "createTrigger":
    case "dropTrigger":
    case "dropConstraint":
    case "showColumn":
    case "showTable":
      return true;
    case "createIndex":
      return !isUnique(step.sql);
    case "addConstraint":
      // Of a new column; any other is found by what the version before may still write.
      return step.replaces === undefined || isLooser(step.replaces, step.constraint);
    case "changeColumn":
      return !readColumn(step.to).isRequired || readColumn(step.from).isRequired;
    default:
      return false;
  }
}
