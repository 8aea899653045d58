import { quoteName } from "../../sqlite/dialect/literals.ts";
import type { SchemaEdit } from "../../sqlite/schema-connection.ts";
import { canonical } from "../../sqlite/definition/table-text.ts";
import { MigrationError } from "../errors.ts";
import { checkCondition, readForeignKey, renameIndex } from "../schema-state.ts";
import type { AddConstraint, CreateIndex, DropConstraint, DropIndex, RenameObjects } from "../step.ts";
import { once, type Phase, type StepContext } from "./phase.ts";
import { findTable, needTable, rewriteTable, withConstraint, withoutConstraints } from "./schema-access.ts";

/** Holds for what is written from now on; then the rows that are there are read, beside everybody who writes. */
export function addConstraint({ table, name, constraint, replaces }: AddConstraint): readonly Phase[] {
  const key = readForeignKey(constraint);
  const condition = checkCondition(constraint);
  if (key === undefined && condition === undefined) {
    throw new MigrationError(
      `The constraint '${name}' of '${table}' is neither CHECK (...) nor FOREIGN KEY ("column") REFERENCES "table"("column"): it cannot be added to a table that is there (${constraint}).`,
    );
  }
  const row = quoteName(table);
  const refused =
    key === undefined
      ? `NOT (${condition})`
      : `${row}.${quoteName(key.column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${quoteName(key.table)} AS p WHERE p.${quoteName(key.target)} = ${row}.${quoteName(key.column)})`;
  return [
    once((connection) => rewriteTable(connection, table, (text) => withConstraint(text, name, constraint))),
    {
      type: "scan",
      table,
      refused,
      undo: (connection) =>
        rewriteTable(connection, table, (text) =>
          replaces === undefined ? withoutConstraints(text, [name]) : withConstraint(text, name, replaces),
        ),
      backTo: 0,
      message: (rows) =>
        `${rows} ${rows === 1 ? "row" : "rows"} of '${table}' ${
          key === undefined ? `break '${name}' (${condition})` : `refer to no row of '${key.table}' by '${key.column}'`
        }. Change these rows, then apply again.`,
    },
  ];
}

export function dropConstraint({ table, name }: DropConstraint, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      if (context.isUndo && (await findTable(connection, table)) === undefined) return;
      await rewriteTable(connection, table, (text) => withoutConstraints(text, [name]));
    }),
  ];
}

export function createIndex({ table, name, sql }: CreateIndex): readonly Phase[] {
  return [
    {
      type: "once",
      isAlone: true,
      run: async (connection) => {
        const there = (await needTable(connection, table)).indexes.get(name);
        // It was kept with a hidden column.
        if (there !== undefined && canonical(there) === canonical(sql)) return;
        if (there !== undefined) await connection.run(`DROP INDEX ${quoteName(name)}`, []);
        await connection.run(sql, []);
      },
    },
  ];
}

export function dropIndex({ name }: DropIndex): readonly Phase[] {
  return [once(async (connection) => void (await connection.run(`DROP INDEX IF EXISTS ${quoteName(name)}`, [])))];
}

export function renameObjects(step: RenameObjects, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      const state = await findTable(connection, step.table);
      if (state === undefined && context.isUndo) return;
      await rewriteTable(connection, step.table, (text) => ({
        ...text,
        constraints: new Map([...text.constraints].map(([name, constraint]) => [step.constraints[name] ?? name, constraint])),
      }));
      const edits: SchemaEdit[] = [];
      for (const [from, to] of Object.entries(step.indexes)) {
        const sql = state?.indexes.get(from);
        if (sql !== undefined) edits.push({ type: "index", name: from, to, sql: renameIndex(sql, to) });
        else if (!context.isUndo) throw new MigrationError(`The table '${step.table}' has no index '${from}' to rename.`);
      }
      if (edits.length > 0) await connection.rewriteSchema(edits);
    }),
  ];
}
