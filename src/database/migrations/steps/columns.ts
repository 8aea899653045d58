import type { Connection } from "../../driver.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import { canonical, readColumn, writeColumn } from "../../sqlite/definition/table-text.ts";
import { hiddenDefinition, foreignKeysOf } from "../apply/hide.ts";
import type { AddColumn, ChangeColumn, HideColumn, RenameColumn, ShowColumn } from "../step.ts";
import { hiddenTable } from "../../sqlite/definition/hidden.ts";
import { followKeys } from "./follow-keys.ts";
import { type BatchPhase, once, type Phase, type StepContext } from "./phase.ts";
import {
  appendColumn,
  deleteHidden,
  findHidden,
  findTable,
  insertHidden,
  moveColumnAside,
  moveColumnBack,
  needTable,
  rewriteTable,
  withColumn,
  withoutConstraints,
} from "./schema-access.ts";

/** The same definition for a column that has no values yet. */
function loosened(definition: string, keepDefault: boolean): string {
  const column = readColumn(definition);
  return writeColumn({ ...column, isRequired: false, default: keepDefault ? column.default : undefined });
}

/** SQLite adds a column with a default at once where that is one literal; NOT NULL with it. */
function isPlainDefault(value: string | undefined): boolean {
  return value !== undefined && !value.startsWith("(");
}

const mark = (table: string, column: string): string => `fill ${table}.${column}`;

export function addColumn(step: AddColumn, context: StepContext): readonly Phase[] {
  const { table, column, definition } = step;
  const target = readColumn(definition);
  const fill = step.fill ?? target.default;
  const isInstant = step.fill === undefined && (target.default === undefined || isPlainDefault(target.default));
  const first = once(async (connection) => {
    const hidden = await findHidden(connection, { table, column, migration: context.id });
    const isOwn = hidden?.migration === context.id && hidden.stored === column;
    if (isOwn && readColumn(hidden.definition).type === target.type) {
      // Made by this very migration before it was rolled back: it comes back with what was written to it.
      await deleteHidden(connection, hidden);
      await connection.run("INSERT OR REPLACE INTO _chassis_progress(name, cursor) VALUES (?, 0)", [mark(table, column)]);
      return;
    }
    await moveColumnAside(connection, table, column);
    const text = isInstant && (!target.isRequired || target.default !== undefined) ? definition : loosened(definition, isInstant);
    await appendColumn(connection, table, { name: column, definition: text });
    if (!isInstant)
      await connection.run("INSERT OR REPLACE INTO _chassis_progress(name, cursor) VALUES (?, 0)", [mark(table, column)]);
  });
  return [first, ...settleColumn({ table, column, definition, fill, loose: loosened(definition, false) })];
}

interface Settling {
  readonly table: string;
  readonly column: string;
  readonly definition: string;
  readonly fill: string | undefined;
  /** What it falls back to where rows refuse it. */
  readonly loose: string;
}

/** Phases 1 to 3: values for rows that have none, the definition as it is to be, and no row left that it does not allow. */
function settleColumn({ table, column, definition, fill, loose }: Settling): readonly Phase[] {
  const isRequired = readColumn(definition).isRequired;
  const set = once(async (connection) => {
    await connection.run("DELETE FROM _chassis_progress WHERE name = ?", [mark(table, column)]);
    await rewriteTable(connection, table, (text) => withColumn(text, column, definition));
  });
  const settle: Phase[] =
    fill === undefined ? [] : [fillRows({ table, column, fill, isNeeded: isMarked(table, column), isOptional: true })];
  settle.push(set);
  if (isRequired) {
    if (fill !== undefined) settle.push(fillRows({ table, column, fill, isOptional: false }));
    settle.push(refuseEmpty({ table, column, loose, backTo: 1, fill }));
  }
  return settle;
}

function isMarked(table: string, column: string): (connection: Connection) => Promise<boolean> {
  return async (connection) =>
    (await connection.get("SELECT 1 FROM _chassis_progress WHERE name = ?", [mark(table, column)])) !== undefined;
}

interface Filling {
  readonly table: string;
  readonly column: string;
  readonly fill: string;
  readonly isNeeded?: (connection: Connection) => Promise<boolean>;
  /** The column may still be empty: rows for which the expression gives nothing are written too, so that no later default is theirs. */
  readonly isOptional: boolean;
}

/** `typeof`, because SQLite takes `IS NULL` of a NOT NULL column for false without looking. */
function fillRows({ table, column, fill, isNeeded, isOptional }: Filling): BatchPhase {
  const name = quoteName(column);
  const given = isOptional ? "" : ` AND (${fill}) IS NOT NULL`;
  return {
    type: "batches",
    table,
    ...(isNeeded === undefined ? {} : { isNeeded }),
    run: async (connection, { after, upTo }, key) => {
      await connection.run(
        `UPDATE ${quoteName(table)} SET ${name} = ${fill} WHERE ${quoteName(key)} > ? AND ${quoteName(key)} <= ? AND typeof(${name}) = 'null'${given}`,
        [after, upTo],
      );
    },
  };
}

function refuseEmpty(options: {
  readonly table: string;
  readonly column: string;
  readonly loose: string;
  readonly backTo: number;
  readonly fill: string | undefined;
}): Phase {
  const { table, column, loose, backTo, fill } = options;
  return {
    type: "scan",
    table,
    refused: `typeof(${quoteName(column)}) = 'null'`,
    undo: (connection) => rewriteTable(connection, table, (text) => withColumn(text, column, loose)),
    backTo,
    message: (rows) =>
      `'${table}.${column}' is required, and ${rows} ${rows === 1 ? "row has" : "rows have"} no value` +
      (fill === undefined ? ". Give these rows one, or say which they get (fill), then go on." : `: '${fill}' gives none.`),
  };
}

export function renameColumn({ table, from, to }: RenameColumn, context: StepContext): readonly Phase[] {
  return [
    once(async (connection) => {
      const state = await findTable(connection, table);
      if (context.isUndo && state?.text.columns.has(from) !== true) return;
      await moveColumnAside(connection, table, to);
      await connection.run(`ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`, []);
    }),
  ];
}

/** A column that was added later is not stored in the rows that were there: they have its default, whatever that becomes. */
function storeValues(table: string, column: string, isNeeded: (connection: Connection) => Promise<boolean>): BatchPhase {
  const name = quoteName(column);
  return {
    type: "batches",
    table,
    isNeeded,
    run: async (connection, { after, upTo }, key) => {
      await connection.run(
        `UPDATE ${quoteName(table)} SET ${name} = ${name} WHERE ${quoteName(key)} > ? AND ${quoteName(key)} <= ?`,
        [after, upTo],
      );
    },
  };
}

export function changeColumn(step: ChangeColumn, context: StepContext): readonly Phase[] {
  const { table, column, from, to } = step;
  const [before, after] = [readColumn(from), readColumn(to)];
  const fill = context.fill[`${table}.${column}`] ?? step.fill;
  const tightens = after.isRequired && !before.isRequired;
  const phases: Phase[] = [
    storeValues(
      table,
      column,
      async () => before.default !== undefined && canonical(before.default) !== canonical(after.default ?? ""),
    ),
  ];
  if (tightens && fill !== undefined) phases.push(fillRows({ table, column, fill, isOptional: true }));
  const at = phases.length;
  phases.push(
    once(async (connection) => {
      if (context.isUndo && (await findTable(connection, table))?.text.columns.has(column) !== true) return;
      await rewriteTable(connection, table, (text) => withColumn(text, column, to));
    }),
  );
  if (!tightens) return phases;
  if (fill !== undefined) phases.push(fillRows({ table, column, fill, isOptional: false }));
  phases.push(refuseEmpty({ table, column, loose: from, backTo: fill === undefined ? at : 1, fill }));
  return phases;
}

export function hideColumn({ table, column }: HideColumn, context: StepContext): readonly Phase[] {
  return [
    storeValues(table, column, async (connection) => {
      const state = await findTable(connection, table);
      const text = state?.text.columns.get(column);
      if (state === undefined || text === undefined) return false;
      return readColumn(text).default !== undefined && readColumn(hiddenDefinition(state, column)).default === undefined;
    }),
    once(async (connection) => {
      const state = await findTable(connection, table);
      const definition = state?.text.columns.get(column);
      const hidden = await findHidden(connection, { table, column, migration: context.id });
      if (hidden?.stored === column || (context.isUndo && definition === undefined)) return;
      const found = state ?? (await needTable(connection, table));
      const keys = foreignKeysOf(found, column);
      await rewriteTable(connection, table, (text) =>
        withoutConstraints(withColumn(text, column, hiddenDefinition(found, column)), keys.keys()),
      );
      await insertHidden(connection, {
        kind: "column",
        table,
        column,
        stored: column,
        definition: definition ?? "",
        constraints: Object.fromEntries(keys),
        migration: context.id,
        since: context.now,
      });
    }),
  ];
}

export function showColumn(step: ShowColumn, context: StepContext): readonly Phase[] {
  const { table, column, definition, constraints = {} } = step;
  const fill = context.fill[`${table}.${column}`] ?? step.fill;
  const phases: Phase[] = [
    once(async (connection) => {
      const hidden = await findHidden(connection, { table, column, migration: context.id });
      if (hidden === undefined) return;
      await moveColumnBack(connection, hidden);
      await connection.run(`DELETE FROM ${hiddenTable} WHERE kind = 'column' AND tbl = ? AND col = ? AND stored IN (?, ?)`, [
        table,
        column,
        hidden.stored,
        column,
      ]);
      await connection.run("INSERT OR REPLACE INTO _chassis_progress(name, cursor) VALUES (?, 0)", [mark(table, column)]);
    }),
    ...settleColumn({
      table,
      column,
      definition,
      fill: readColumn(definition).isRequired ? fill : undefined,
      loose: loosened(definition, false),
    }),
  ];
  for (const [constraint, text] of Object.entries(constraints))
    phases.push(...followKeys({ table, constraint, text }, phases.length));
  return phases;
}
