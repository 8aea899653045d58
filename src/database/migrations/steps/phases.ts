import type { SchemaConnection } from "../../sqlite/schema-connection.ts";
import type { Step } from "../step.ts";
import { addColumn, changeColumn, hideColumn, renameColumn, showColumn } from "./columns.ts";
import { addConstraint, createIndex, dropConstraint, dropIndex, renameObjects } from "./constraints.ts";
import { abandonConversion, convertColumn } from "./convert-column.ts";
import type { Phase, StepContext } from "./phase.ts";
import { abandonRebuild, rebuildTable } from "./rebuild.ts";
import { createTrigger, dropTrigger, runSql, updateRows } from "./rows.ts";
import { changeSearch, createSearch, dropSearch } from "./search.ts";
import { createTable, hideTable, renameTable, showTable } from "./tables.ts";
import { dropSearchOf } from "./schema-access.ts";

/** What a step does, one transaction or a series of them after the other. */
export function phasesOf(step: Step, context: StepContext): readonly Phase[] {
  switch (step.type) {
    case "createTable":
      return createTable(step, context);
    case "renameTable":
      return renameTable(step, context);
    case "hideTable":
      return hideTable(step, context);
    case "showTable":
      return showTable(step, context);
    case "addColumn":
      return addColumn(step, context);
    case "renameColumn":
      return renameColumn(step, context);
    case "changeColumn":
      return changeColumn(step, context);
    case "convertColumn":
      return convertColumn(step, context);
    case "hideColumn":
      return hideColumn(step, context);
    case "showColumn":
      return showColumn(step, context);
    case "addConstraint":
      return addConstraint(step);
    case "dropConstraint":
      return dropConstraint(step, context);
    case "createIndex":
      return createIndex(step);
    case "dropIndex":
      return dropIndex(step);
    case "createSearch":
      return createSearch(step);
    case "dropSearch":
      return dropSearch(step);
    case "changeSearch":
      return changeSearch(step, context);
    case "renameObjects":
      return renameObjects(step, context);
    case "createTrigger":
      return createTrigger(step);
    case "dropTrigger":
      return dropTrigger(step);
    case "updateRows":
      return updateRows(step);
    case "sql":
      return runSql(step);
    case "rebuildTable":
      return rebuildTable(step, context);
  }
}

/** Takes away what a step leaves that was begun and is not gone on with. Says whether that undoes it wholly. */
export async function abandon(connection: SchemaConnection, step: Step, phase: number): Promise<boolean> {
  // The third phase is the one in which the new takes the place of the old.
  const isSwapped = phase > 2;
  switch (step.type) {
    case "convertColumn":
      if (!isSwapped) await abandonConversion(connection, step);
      return !isSwapped;
    case "rebuildTable":
      if (!isSwapped) await abandonRebuild(connection, step);
      return !isSwapped;
    case "createSearch":
      await dropSearchOf(connection, step.table);
      await connection.run("DELETE FROM _chassis_progress WHERE name = ?", [step.objects[0]?.name ?? ""]);
      return true;
    default:
      return false;
  }
}
