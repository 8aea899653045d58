import { readHidden, type HiddenEntry } from "../../sqlite/definition/hidden.ts";
import type { Connection } from "../../driver.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import type { SchemaConnection } from "../../sqlite/schema-connection.ts";
import { readColumn, renameIn, writeColumn } from "../../sqlite/definition/table-text.ts";
import { rowKeyOf } from "../schema-state.ts";
import type { ConvertColumn } from "../step.ts";
import { once, type Phase, type StepContext } from "./phase.ts";
import { appendColumn, findTable, insertHidden, moveColumnAside, needTable, rewriteTable, withColumn } from "./schema-access.ts";

const beside = (column: string): string => `_chassis_new_${column}`;
const triggersOf = (table: string, column: string): readonly [string, string] => [
  `_chassis_convert_${table}_${column}_insert`,
  `_chassis_convert_${table}_${column}_update`,
];

/** A second column in step with the first, filled in batches; then the two change places and the first is hidden. */
export function convertColumn(step: ConvertColumn, context: StepContext): readonly Phase[] {
  const { table, column, to } = step;
  const [name, old, next] = [table, column, beside(column)].map(quoteName);
  return [
    once(async (connection) => {
      const { text } = await needTable(connection, table);
      await appendColumn(connection, table, { name: beside(column), definition: readColumn(to).type });
      const key = quoteName(rowKeyOf(text));
      const value = await expressionOf(connection, step, context);
      const follow = `UPDATE ${name} SET ${next} = ${value} WHERE ${key} = new.${key};`;
      const [onInsert, onUpdate] = triggersOf(table, column).map(quoteName);
      await connection.run(`CREATE TRIGGER ${onInsert} AFTER INSERT ON ${name} BEGIN ${follow} END`, []);
      await connection.run(`CREATE TRIGGER ${onUpdate} AFTER UPDATE OF ${old} ON ${name} BEGIN ${follow} END`, []);
    }),
    {
      type: "batches",
      table,
      run: async (connection, { after, upTo }, key) => {
        const value = await expressionOf(connection, step, context);
        await connection.run(`UPDATE ${name} SET ${next} = ${value} WHERE ${quoteName(key)} > ? AND ${quoteName(key)} <= ?`, [
          after,
          upTo,
        ]);
      },
    },
    once((connection) => swap(connection, step, context)),
    ...(readColumn(to).isRequired
      ? [
          once((connection) => rewriteTable(connection, table, (text) => withColumn(text, column, to))),
          {
            type: "scan" as const,
            table,
            refused: `typeof(${old}) = 'null'`,
            undo: (connection: SchemaConnection) =>
              rewriteTable(connection, table, (text) => withColumn(text, column, loose(to))),
            backTo: 3,
            message: (rows: number) =>
              `'${table}.${column}' is required, and ${rows} ${rows === 1 ? "row has" : "rows have"} no value after '${step.convert}'. Give these rows one, then go on.`,
          },
        ]
      : []),
  ];
}

function loose(definition: string): string {
  return writeColumn({ ...readColumn(definition), isRequired: false });
}

/** The conversion; undoing it, the value that was there before wherever what it became has not changed since. */
async function expressionOf(
  connection: Connection,
  { table, column, convert, revert }: ConvertColumn,
  context: StepContext,
): Promise<string> {
  const before = await formerValues(connection, { table, column, context });
  if (before === undefined) return convert;
  const was = renameIn(revert, column, before.stored);
  return `CASE WHEN ${quoteName(column)} IS (${was}) THEN ${quoteName(before.stored)} ELSE ${convert} END`;
}

interface Former {
  readonly table: string;
  readonly column: string;
  readonly context: StepContext;
}

async function formerValues(connection: Connection, { table, column, context }: Former): Promise<HiddenEntry | undefined> {
  return (await readHidden(connection)).findLast(
    (entry) =>
      entry.kind === "column" &&
      entry.table === table &&
      entry.column === column &&
      entry.migration === context.id &&
      entry.stored !== column,
  );
}

async function swap(
  connection: SchemaConnection,
  { table, column, from, to }: ConvertColumn,
  context: StepContext,
): Promise<void> {
  for (const trigger of triggersOf(table, column)) await connection.run(`DROP TRIGGER IF EXISTS ${quoteName(trigger)}`, []);
  // The present values become hidden under a name of ours, which is what happens to a hidden column whose name is wanted.
  await rewriteTable(connection, table, (text) =>
    withColumn(text, column, writeColumn({ ...readColumn(from), isRequired: false, default: undefined })),
  );
  await insertHidden(connection, {
    kind: "column",
    table,
    column,
    stored: column,
    definition: from,
    constraints: {},
    migration: context.id,
    since: context.now,
  });
  await moveColumnAside(connection, table, column);
  await connection.run(`ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(beside(column))} TO ${quoteName(column)}`, []);
  await rewriteTable(connection, table, (text) => withColumn(text, column, loose(to)));
}

/** What an interrupted conversion leaves, taken away. */
export async function abandonConversion(connection: SchemaConnection, { table, column }: ConvertColumn): Promise<void> {
  for (const trigger of triggersOf(table, column)) await connection.run(`DROP TRIGGER IF EXISTS ${quoteName(trigger)}`, []);
  const state = await findTable(connection, table);
  if (state?.text.columns.has(beside(column)) !== true) return;
  // Dropping it would rewrite the whole table: it stays, hidden, and is purged with the others.
  await insertHidden(connection, {
    kind: "column",
    table,
    column: beside(column),
    stored: beside(column),
    definition: "",
    constraints: {},
    migration: "",
    since: "1970-01-01T00:00:00.000Z",
  });
  await moveColumnAside(connection, table, beside(column));
}
