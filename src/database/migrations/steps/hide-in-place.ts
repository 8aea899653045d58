import type { SchemaConnection } from "../../sqlite/schema-connection.ts";
import { foreignKeysOf } from "../apply/hide.ts";
import type { TableState } from "../schema-state.ts";
import type { StepContext } from "./phase.ts";
import { insertHidden, rewriteTable, withoutConstraints } from "./schema-access.ts";

/**
 * Notes a table as hidden under the name that it has, and takes its foreign keys off: nobody knows any more to delete its rows before
 * those that they refer to. The keys are noted with it.
 */
export async function hideInPlace(
  connection: SchemaConnection,
  { table, state }: { readonly table: string; readonly state: TableState },
  { id, now }: StepContext,
): Promise<void> {
  const keys = foreignKeysOf(state);
  await rewriteTable(connection, table, (text) => withoutConstraints(text, keys.keys()));
  await insertHidden(connection, {
    kind: "table",
    table,
    column: "",
    stored: table,
    definition: "",
    constraints: Object.fromEntries(keys),
    migration: id,
    since: now,
  });
}
