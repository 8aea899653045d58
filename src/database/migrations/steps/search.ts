import { quoteName } from "../../sqlite/dialect/literals.ts";
import type { SchemaConnection } from "../../sqlite/schema-connection.ts";
import type { SchemaObject } from "../../sqlite/definition/schema-object.ts";
import { MigrationError } from "../errors.ts";
import type { ChangeSearch, CreateSearch, DropSearch } from "../step.ts";
import { once, type Phase, type StepContext } from "./phase.ts";
import { dropSearchOf, findTable, hasObject } from "./schema-access.ts";

/**
 * FTS5 must be told to forget exactly what it was told: while the index is being filled, its triggers act on the rows that are in it already
 * and on no others. Rows are taken in the order of their numbers, so that is a comparison with the last one done.
 */
export function createSearch(step: CreateSearch): readonly Phase[] {
  const { table, rowKey, columns, objects } = step;
  const [index, ...triggers] = objects;
  if (index === undefined)
    throw new MigrationError(`The step that makes the full-text index of '${table}' has no statement for it.`);
  const name = index.name;
  const [key, list] = [quoteName(rowKey), columns.map(quoteName).join(", ")];
  const insert = `INSERT INTO ${quoteName(name)}(rowid, ${list}) SELECT ${key}, ${list} FROM ${quoteName(table)} WHERE ${key} > ? AND ${key} <= ?`;
  return [
    once(async (connection) => {
      await dropSearchOf(connection, table);
      await connection.run(index.sql, []);
      await connection.run("INSERT OR REPLACE INTO _chassis_progress(name, cursor) VALUES (?, -9223372036854775808)", [name]);
      for (const trigger of triggers) await connection.run(guarded(trigger, name, key), []);
    }),
    {
      type: "batches",
      table,
      run: async (connection, { after, upTo }) => {
        await connection.run(insert, [after, upTo]);
        await connection.run("UPDATE _chassis_progress SET cursor = ? WHERE name = ?", [upTo, name]);
      },
    },
    once(async (connection) => {
      const row = await connection.get("SELECT cursor FROM _chassis_progress WHERE name = ?", [name]);
      await connection.run(insert, [row?.[0] ?? null, 9223372036854775807n]);
      for (const trigger of triggers) {
        await connection.run(`DROP TRIGGER ${quoteName(trigger.name)}`, []);
        await connection.run(trigger.sql, []);
      }
      await connection.run("DELETE FROM _chassis_progress WHERE name = ?", [name]);
    }),
  ];
}

/** The trigger with one condition more: the row is in the index. */
function guarded({ sql }: SchemaObject, name: string, key: string): string {
  const row = /^CREATE TRIGGER "(?:[^"]|"")*" AFTER INSERT/i.test(sql) ? "new" : "old";
  const condition = `${row}.${key} <= (SELECT cursor FROM _chassis_progress WHERE name = '${name.replaceAll("'", "''")}')`;
  const match = /^([\s\S]*?)(?: WHEN ([\s\S]*?))? BEGIN ([\s\S]*)$/.exec(sql);
  if (match === null) throw new MigrationError(`A trigger of a full-text index has an unknown form: ${sql}`);
  const [, head, when, body] = match;
  return `${head} WHEN ${when === undefined ? "" : `(${when}) AND `}${condition} BEGIN ${body}`;
}

export function dropSearch({ table }: DropSearch): readonly Phase[] {
  return [once((connection) => dropSearchOf(connection, table))];
}

/** The index keeps its words: only what it is called, what its columns are called and what it points at change. */
export function changeSearch({ table, from, to }: ChangeSearch, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      const [before, after] = [from[0], to[0]];
      if (before === undefined || after === undefined)
        throw new MigrationError(`The step for the full-text index of '${table}' is empty.`);
      if (context.isUndo && (await findTable(connection, table)) === undefined) return;
      for (const trigger of [...from.slice(1), ...to.slice(1)]) await dropTriggerIfThere(connection, trigger.name);
      if (before.name !== after.name && (await hasObject(connection, before.name)))
        await connection.run(`ALTER TABLE ${quoteName(before.name)} RENAME TO ${quoteName(after.name)}`, []);
      await connection.rewriteSchema([{ type: "table", name: after.name, sql: after.sql }]);
      for (const trigger of to.slice(1)) await connection.run(trigger.sql, []);
    }),
  ];
}

async function dropTriggerIfThere(connection: SchemaConnection, name: string): Promise<void> {
  await connection.run(`DROP TRIGGER IF EXISTS ${quoteName(name)}`, []);
}
