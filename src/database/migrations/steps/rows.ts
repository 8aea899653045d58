import { quoteName } from "../../sqlite/dialect/literals.ts";
import { MigrationError } from "../errors.ts";
import { splitStatements } from "../rehearse/split-statements.ts";
import type { CreateTrigger, DropTrigger, RunSql, UpdateRows } from "../step.ts";
import { once, type Phase } from "./phase.ts";

export function updateRows({ table, set, where }: UpdateRows): readonly Phase[] {
  const list = Object.entries(set).map(([column, value]) => `${quoteName(column)} = ${value}`);
  if (list.length === 0) throw new MigrationError(`The step that updates rows of '${table}' sets nothing.`);
  return [
    {
      type: "batches",
      table,
      run: async (connection, { after, upTo }, key) => {
        const rows = `${quoteName(key)} > ? AND ${quoteName(key)} <= ?`;
        await connection.run(
          `UPDATE ${quoteName(table)} SET ${list.join(", ")} WHERE ${rows}${where === undefined ? "" : ` AND (${where})`}`,
          [after, upTo],
        );
      },
    },
  ];
}

export function runSql({ sql }: RunSql): readonly Phase[] {
  return [
    once(async (connection) => {
      for (const statement of splitStatements(sql)) await connection.execute(statement, []);
    }),
  ];
}

export function createTrigger({ name, sql }: CreateTrigger): readonly Phase[] {
  return [
    once(async (connection) => {
      await connection.run(`DROP TRIGGER IF EXISTS ${quoteName(name)}`, []);
      await connection.run(sql, []);
    }),
  ];
}

export function dropTrigger({ name }: DropTrigger): readonly Phase[] {
  return [once(async (connection) => void (await connection.run(`DROP TRIGGER IF EXISTS ${quoteName(name)}`, [])))];
}
