import { hiddenTable } from "../../sqlite/definition/hidden.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import { mapValues } from "../schema-state.ts";
import type { CreateTable, HideTable, RenameTable, ShowTable } from "../step.ts";
import { followKeys } from "./follow-keys.ts";
import { hideInPlace } from "./hide-in-place.ts";
import { once, type Phase, type StepContext } from "./phase.ts";
import { deleteHidden, findHidden, findTable, moveTableAside, needTable, rewriteTable } from "./schema-access.ts";

export function createTable(step: CreateTable, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      const { table } = step;
      const hidden = await findHidden(connection, { table, migration: context.id });
      // Made by this very migration before it was rolled back: it comes back with what was written to it.
      if (hidden !== undefined && hidden.migration === context.id && hidden.stored === table) {
        await deleteHidden(connection, hidden);
        return rewriteTable(connection, table, (text) => ({
          ...text,
          constraints: new Map([...text.constraints, ...Object.entries(hidden.constraints)]),
        }));
      }
      await moveTableAside(connection, table);
      for (const object of step.objects) await connection.run(object.sql, []);
    }),
  ];
}

export function renameTable({ from, to }: RenameTable, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      if (context.isUndo && (await findTable(connection, from)) === undefined) return;
      await moveTableAside(connection, to);
      await connection.run(`ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)}`, []);
      await connection.run(`UPDATE ${hiddenTable} SET tbl = ? WHERE kind = 'column' AND tbl = ?`, [to, from]);
    }),
  ];
}

/** Its foreign keys come off: nobody knows any more to delete its rows first. */
export function hideTable({ table }: HideTable, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      const state = await findTable(connection, table);
      const hidden = await findHidden(connection, { table, migration: context.id });
      if (hidden?.stored === table || (context.isUndo && state === undefined)) return;
      await hideInPlace(connection, { table, state: state ?? (await needTable(connection, table)) }, context);
    }),
  ];
}

export function showTable({ table, constraints = {} }: ShowTable, context: StepContext): readonly Phase[] {
  const name = quoteName(table);
  const phases: Phase[] = [
    once(async (connection) => {
      const hidden = await findHidden(connection, { table, migration: context.id });
      if (hidden === undefined && context.isUndo) return;
      if (hidden !== undefined && hidden.stored !== table) {
        const [from, prefix] = [hidden.stored, hidden.stored.slice(0, hidden.stored.length - table.length)];
        await moveTableAside(connection, table);
        await connection.run(`ALTER TABLE ${quoteName(from)} RENAME TO ${name}`, []);
        const { indexes } = await needTable(connection, table);
        const edits = [...mapValues(indexes, (sql) => sql.replace(`"${prefix}`, '"'))]
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, sql]) => ({ type: "index" as const, name: key, to: key.slice(prefix.length), sql }));
        if (edits.length > 0) await connection.rewriteSchema(edits);
      }
      if (hidden !== undefined) await deleteHidden(connection, hidden);
    }),
  ];
  const keys = Object.entries(constraints);
  for (const [constraint, text] of keys) phases.push(...followKeys({ table, constraint, text }, phases.length));
  return phases;
}
