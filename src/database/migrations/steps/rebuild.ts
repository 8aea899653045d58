import { hiddenTable } from "../../sqlite/definition/hidden.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import type { SchemaConnection, SchemaEdit } from "../../sqlite/schema-connection.ts";
import { readTable, renameIn, writeTable } from "../../sqlite/definition/table-text.ts";
import { MigrationError } from "../errors.ts";
import { hideInPlace } from "./hide-in-place.ts";
import { readForeignKey, renameIndex, rowKeyOf } from "../schema-state.ts";
import type { RebuildTable } from "../step.ts";
import { once, type Phase, type StepContext } from "./phase.ts";
import { dropSearchOf, findTable, hasObject, moveTableAside, needTable } from "./schema-access.ts";

const beside = (table: string): string => `_chassis_new_${table}`;
const events = ["insert", "update", "delete"] as const;
const triggerOf = (table: string, event: string): string => `_chassis_rebuild_${table}_${event}`;

/**
 * The new table is filled in the order of the old one's row numbers, while triggers carry over what is written to rows that are in it
 * already. Then the two change names, and the old one is hidden.
 */
export function rebuildTable(step: RebuildTable, context: StepContext): readonly Phase[] {
  const { table, objects, copy } = step;
  const text = readTable(objects[0]?.sql ?? "");
  if (text === undefined) throw new MigrationError(`The step that rebuilds '${table}' has no CREATE TABLE.`);
  const [name, next] = [quoteName(table), quoteName(beside(table))];
  const columns = [...text.columns.keys()];
  const list = columns.map(quoteName).join(", ");
  const values = columns.map((column) => copy[column] ?? "NULL").join(", ");
  const nextKey = quoteName(rowKeyOf(text));
  const marker = `rebuild ${table}`;
  const insert = (where: string): string => `INSERT INTO ${next}(${list}) SELECT ${values} FROM ${name} WHERE ${where}`;
  return [
    once(async (connection) => {
      const state = await needTable(connection, table);
      const key = quoteName(rowKeyOf(state.text));
      if (/WITHOUT\s+ROWID/i.test(state.text.options))
        throw new MigrationError(
          `The table '${table}' is WITHOUT ROWID: its rows have no numbers by which they could be copied in batches.`,
        );
      await connection.run(writeTable({ ...text, name: beside(table) }), []);
      for (const { name: index, sql } of objects.slice(1))
        await connection.run(renameIndex(onTable(sql, table, beside(table)), `_chassis_new_${index}`), []);
      await connection.run("INSERT OR REPLACE INTO _chassis_progress(name, cursor) VALUES (?, -9223372036854775808)", [marker]);
      const done = (row: string): string =>
        `${row}.${key} <= (SELECT cursor FROM _chassis_progress WHERE name = '${marker.replaceAll("'", "''")}')`;
      const remove = `DELETE FROM ${next} WHERE ${nextKey} = old.${key};`;
      const add = `${insert(`${name}.${key} = new.${key}`)};`;
      const bodies = { insert: add, update: `${remove} ${add}`, delete: remove };
      for (const event of events) {
        const row = event === "insert" ? "new" : "old";
        await connection.run(
          `CREATE TRIGGER ${quoteName(triggerOf(table, event))} AFTER ${event.toUpperCase()} ON ${name} WHEN ${done(row)} BEGIN ${bodies[event]} END`,
          [],
        );
      }
    }),
    {
      type: "batches",
      table,
      run: async (connection, { after, upTo }, key) => {
        await connection.run(insert(`${quoteName(key)} > ? AND ${quoteName(key)} <= ?`), [after, upTo]);
        await connection.run("UPDATE _chassis_progress SET cursor = ? WHERE name = ?", [upTo, marker]);
      },
    },
    once(async (connection) => {
      const state = await needTable(connection, table);
      const key = quoteName(rowKeyOf(state.text));
      const row = await connection.get("SELECT cursor FROM _chassis_progress WHERE name = ?", [marker]);
      await connection.run(insert(`${key} > ?`), [row?.[0] ?? null]);
      await removeTriggers(connection, table);
      await keepSequence(connection, table);
      await swap(connection, step, context);
      await connection.run("DELETE FROM _chassis_progress WHERE name = ?", [marker]);
    }),
  ];
}

function onTable(sql: string, from: string, to: string): string {
  return sql.replace(
    /^([\s\S]*?\bON\s+)("(?:[^"]|"")*"|\w+)/i,
    (_all, head: string, name: string) => head + renameIn(name.startsWith('"') ? name : `"${name}"`, from, to),
  );
}

async function removeTriggers(connection: SchemaConnection, table: string): Promise<void> {
  for (const event of events) await connection.run(`DROP TRIGGER IF EXISTS ${quoteName(triggerOf(table, event))}`, []);
}

/** A number that was given out once must not be given out again. */
async function keepSequence(connection: SchemaConnection, table: string): Promise<void> {
  if (!(await hasObject(connection, "sqlite_sequence"))) return;
  const row = await connection.get("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]);
  if (row === undefined) return;
  await connection.run("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [row[0] ?? 0, beside(table)]);
}

async function swap(connection: SchemaConnection, { table, objects }: RebuildTable, context: StepContext): Promise<void> {
  const old = await needTable(connection, table);
  await dropSearchOf(connection, table);
  await hideInPlace(connection, { table, state: old }, context);
  await moveTableAside(connection, table);
  const aside = await connection.get(
    `SELECT stored FROM ${hiddenTable} WHERE kind = 'table' AND tbl = ? ORDER BY id DESC LIMIT 1`,
    [table],
  );
  await connection.run(`ALTER TABLE ${quoteName(beside(table))} RENAME TO ${quoteName(table)}`, []);
  const state = await needTable(connection, table);
  const edits: SchemaEdit[] = [...state.indexes]
    .filter(([name]) => name.startsWith("_chassis_new_"))
    .map(([name, sql]) => {
      const to = name.slice("_chassis_new_".length);
      return { type: "index", name, to, sql: renameIndex(sql, to) };
    });
  edits.push(...(await referencesTo(connection, String(aside?.[0]), table)));
  // As the definition writes it.
  const wanted = readTable(objects[0]?.sql ?? "");
  if (wanted !== undefined) edits.push({ type: "table", name: table, sql: writeTable({ ...wanted, name: table }) });
  const last = new Map(edits.map((edit) => [`${edit.type} ${edit.name}`, edit]));
  await connection.rewriteSchema([...last.values()]);
}

/** SQLite lets the references to a renamed table follow it: they must stay with the name. */
async function referencesTo(connection: SchemaConnection, from: string, to: string): Promise<readonly SchemaEdit[]> {
  const rows = await connection.all("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL", []);
  return rows.flatMap(([name, sql]) => {
    const text = readTable(String(sql));
    if (text === undefined || ![...text.constraints.values()].some((constraint) => readForeignKey(constraint)?.table === from))
      return [];
    const constraints = new Map(
      [...text.constraints].map(([key, constraint]) => [
        key,
        readForeignKey(constraint)?.table === from ? renameIn(constraint, from, to) : constraint,
      ]),
    );
    return [{ type: "table" as const, name: String(name), sql: writeTable({ ...text, name: String(name), constraints }) }];
  });
}

/** What an interrupted rebuilding leaves, taken away. */
export async function abandonRebuild(connection: SchemaConnection, { table }: RebuildTable): Promise<void> {
  await removeTriggers(connection, table);
  if ((await findTable(connection, beside(table))) !== undefined)
    await connection.run(`DROP TABLE ${quoteName(beside(table))}`, []);
  await connection.run("DELETE FROM _chassis_progress WHERE name = ?", [`rebuild ${table}`]);
}
