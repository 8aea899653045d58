import type {
  ColumnNode,
  ColumnUpdateNode,
  InsertQueryNode,
  KyselyPlugin,
  OperationNode,
  QueryResult,
  ReferenceNode,
  UnknownRow,
  UpdateQueryNode,
  ValuesNode,
} from "kysely";
import type { Clock, IdSource } from "#base";
import type { Stored } from "#contract";
import type { Column, Model, Table } from "#database";
import type { Keys } from "../access/keys.ts";
import { defaultOf } from "../records/input.ts";

export interface ManagedSource {
  readonly model: Model;
  /** Keys of secret fields. A model that has some is refused without. */
  readonly secretKeys?: Keys;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/**
 * What the records do for each write, for SQL that people build with Kysely: a new row gets its defaults (`id`, `created`, `version`
 * and those of the schema), an update its time and the next version. Raw SQL is left as it is. What `*` brings of the hidden row
 * number is taken away again: the types do not know it, and to whom it is shown it tells how many rows there are.
 */
export function fillManagedColumns(source: ManagedSource): KyselyPlugin {
  return {
    transformQuery({ node }) {
      const now = new Date(source.clock.now()).toISOString();
      if (node.kind === "InsertQueryNode") return fillInsert(node, { ...source, now });
      if (node.kind === "UpdateQueryNode") return fillUpdate(node, { ...source, now });
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(withoutRowKeys(result)),
  };
}

const hidden = "_key";

function withoutRowKeys(result: QueryResult<UnknownRow>): QueryResult<UnknownRow> {
  const [first] = result.rows;
  if (first === undefined || !Object.hasOwn(first, hidden)) return result;
  const rows = result.rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== hidden)));
  return { ...result, rows };
}

interface Moment extends ManagedSource {
  readonly now: string;
}

function fillInsert(node: InsertQueryNode, moment: Moment): InsertQueryNode {
  const table = moment.model.tables.get(node.into?.table.identifier.name ?? "");
  if (table === undefined) return node;
  const filled = fillRows(table, node, moment);
  const { onConflict } = filled;
  if (onConflict?.updates === undefined) return filled;
  const updates = withChange(table, onConflict.updates, { now: moment.now, name: table.name });
  return { ...filled, onConflict: { ...onConflict, updates } };
}

/** The rows of an insert, each with the columns that it leaves out and that have a default. */
function fillRows(table: Table, node: InsertQueryNode, moment: Moment): InsertQueryNode {
  const { columns = [], values } = node;
  const given = columns.map(({ column }) => column.name);
  const missing = [...table.columns.values()].filter(
    (column) => !given.includes(column.name) && fill(column, moment) !== undefined,
  );
  if (missing.length === 0 && values?.kind !== "ValuesNode") return node;
  if (values !== undefined && values.kind !== "ValuesNode") {
    const names = missing.map(({ name }) => name).join(", ");
    throw new Error(`An insert into '${table.name}' from a query gives every column itself; it leaves out ${names}.`);
  }
  const rows = values === undefined ? [[]] : (values as ValuesNode).values.map(valueNodes);
  const filled = rows.map((row) => ({
    kind: "ValueListNode" as const,
    values: [
      ...row.map((value, index) => (value.kind === "DefaultInsertValueNode" ? defaultNode(table, given[index], moment) : value)),
      ...missing.map((column) => valueNode(fill(column, moment) ?? null)),
    ],
  }));
  const { defaultValues: _, ...rest } = node;
  return {
    ...rest,
    columns: [...columns, ...missing.map(({ name }) => columnNode(name))],
    values: { kind: "ValuesNode", values: filled } as ValuesNode,
  };
}

function valueNodes(row: ValuesNode["values"][number]): readonly OperationNode[] {
  return row.kind === "ValueListNode" ? row.values : row.values.map((value) => valueNode(value));
}

/** What one row of several leaves out that another gives. Kysely would write NULL there: SQLite has no word for a default. */
function defaultNode(table: Table, name: string | undefined, moment: Moment): OperationNode {
  const column = table.columns.get(name ?? "");
  return valueNode(column === undefined ? null : (fill(column, moment) ?? null));
}

function fill(column: Column, { ids, now }: Moment): Exclude<Stored, null> | undefined {
  if (column.computed !== undefined) return undefined;
  return defaultOf(column, { uuid: () => ids.uuid(), now, actor: null }) ?? undefined;
}

function fillUpdate(node: UpdateQueryNode, moment: Moment): UpdateQueryNode {
  const target = targetOf(node.table);
  const table = moment.model.tables.get(target?.table ?? "");
  if (table === undefined || target === undefined || node.updates === undefined) return node;
  return { ...node, updates: withChange(table, node.updates, { now: moment.now, name: target.name }) };
}

/** The table that an update is of, and the name that it has in the statement. */
function targetOf(node: OperationNode | undefined): { readonly table: string; readonly name: string } | undefined {
  const { node: inner, alias } = (node?.kind === "AliasNode" ? node : { node }) as AliasParts;
  const table = inner?.table?.identifier.name;
  return table === undefined ? undefined : { table, name: alias?.name ?? table };
}

interface AliasParts {
  readonly node?: TableParts;
  readonly alias?: { readonly name?: string };
}

interface TableParts extends OperationNode {
  readonly table?: { readonly identifier: { readonly name: string } };
}

/** The assignments of a change, and with them its time and the next version, where it does not set these itself. */
function withChange(
  table: Table,
  updates: readonly ColumnUpdateNode[],
  { now, name }: { readonly now: string; readonly name: string },
): readonly ColumnUpdateNode[] {
  const set = new Set(updates.map(({ column }) => columnName(column)));
  const added = [...table.columns.values()].flatMap((column): readonly OperationNode[] => {
    if (set.has(column.name)) return [];
    if (column.default?.type === "touch") return [updateNode(column.name, valueNode(now))];
    if (column.default?.type === "increment") return [updateNode(column.name, nextNode(name, column.name))];
    return [];
  });
  return [...updates, ...(added as ColumnUpdateNode[])];
}

/** `set({ name })` has columns, `set("name", value)` references to columns. */
function columnName(node: OperationNode): string | undefined {
  const column = node.kind === "ReferenceNode" ? (node as ReferenceNode).column : node;
  return column.kind === "ColumnNode" ? (column as ColumnNode).column.name : undefined;
}

// Kysely's nodes are plain data. Its factories make the same, and would have to be loaded.

function columnNode(name: string): ColumnNode {
  return { kind: "ColumnNode", column: { kind: "IdentifierNode", name } };
}

function valueNode(value: unknown): OperationNode {
  return { kind: "ValueNode", value } as OperationNode;
}

function updateNode(name: string, value: OperationNode): OperationNode {
  return { kind: "ColumnUpdateNode", column: columnNode(name), value } as OperationNode;
}

function nextNode(table: string, column: string): OperationNode {
  const schemable = { kind: "SchemableIdentifierNode", identifier: { kind: "IdentifierNode", name: table } };
  return {
    kind: "BinaryOperationNode",
    leftOperand: { kind: "ReferenceNode", column: columnNode(column), table: { kind: "TableNode", table: schemable } },
    operator: { kind: "OperatorNode", operator: "+" },
    rightOperand: valueNode(1),
  } as OperationNode;
}
