import type {
  ColumnNode,
  ColumnUpdateNode,
  InsertQueryNode,
  KyselyPlugin,
  OperationNode,
  ReferenceNode,
  ValuesNode,
} from "kysely";
import type { Model, Table } from "#database";
import type { SecretFields } from "./secret-fields.ts";

/**
 * What the records do for secret fields, for SQL that people build with Kysely: what is written is encrypted, and what is read is readable. To compare, order or group by one is
 * refused: what stands in the database is another text for each row. Raw SQL is left as it is, and only what it reads is made readable.
 */
export function openSecretColumns(model: Model, fields: SecretFields): KyselyPlugin {
  const secretNames = new Set([...model.tables.values()].flatMap((table) => [...secretsOf(table)]));
  return {
    transformQuery({ node }) {
      refuseComparisons(node, secretNames);
      if (node.kind === "InsertQueryNode") return closeInsert(node, model, fields);
      if (node.kind === "UpdateQueryNode") {
        const names = secretNames;
        return node.updates === undefined ? node : { ...node, updates: closeUpdates(node.updates, names, fields) };
      }
      return node;
    },
    async transformResult({ result }) {
      const rows = result.rows.map((row) => {
        for (const [name, value] of Object.entries(row)) if (typeof value === "string") row[name] = fields.open(value);
        return row;
      });
      return { ...result, rows };
    },
  };
}

export function secretsOf(table: Table): readonly string[] {
  return [...table.columns.values()].filter(({ secret }) => secret).map(({ name }) => name);
}

function closeInsert(node: InsertQueryNode, model: Model, fields: SecretFields): InsertQueryNode {
  const table = model.tables.get(node.into?.table.identifier.name ?? "");
  const names = new Set(table === undefined ? [] : secretsOf(table));
  if (names.size === 0) return node;
  const places = (node.columns ?? []).flatMap(({ column }, place) => (names.has(column.name) ? [place] : []));
  const { onConflict } = node;
  const updates = onConflict?.updates && closeUpdates(onConflict.updates, names, fields);
  const closed: InsertQueryNode =
    onConflict === undefined || updates === undefined ? node : { ...node, onConflict: { ...onConflict, updates } };
  if (places.length === 0 || node.values === undefined) return closed;
  if (node.values.kind !== "ValuesNode")
    throw new Error("An insert from a query cannot fill a secret field: it is encrypted on the way in. Give its values.");
  const values = (node.values as ValuesNode).values.map((row) => {
    if (row.kind === "ValueListNode")
      return { ...row, values: row.values.map((value, place) => (places.includes(place) ? closeNode(value, fields) : value)) };
    return { ...row, values: row.values.map((value, place) => (places.includes(place) ? closeValue(value, fields) : value)) };
  });
  return { ...closed, values: { ...(node.values as ValuesNode), values } as ValuesNode };
}

function closeUpdates(
  updates: readonly ColumnUpdateNode[],
  names: ReadonlySet<string>,
  fields: SecretFields,
): readonly ColumnUpdateNode[] {
  return updates.map((update) =>
    names.has(nameOf(update.column) ?? "") ? { ...update, value: closeNode(update.value, fields) } : update,
  );
}

function closeNode(node: OperationNode, fields: SecretFields): OperationNode {
  if (node.kind === "ValueNode")
    return { ...node, value: closeValue((node as OperationNode & { readonly value: unknown }).value, fields) } as OperationNode;
  // What the row of the insert has, or the column itself, is encrypted already; a default of a secret is null.
  if (node.kind === "ReferenceNode" || node.kind === "DefaultInsertValueNode") return node;
  throw new Error("A secret field takes a value, and no expression: it is encrypted before the database sees it.");
}

function closeValue(value: unknown, fields: SecretFields): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value !== "string") throw new TypeError("A secret field takes a text.");
  return fields.close(value);
}

const nullTests: ReadonlySet<string> = new Set(["is", "is not"]);

function refuseComparisons(node: OperationNode, names: ReadonlySet<string>): void {
  const parts = node as unknown as Readonly<Record<string, unknown>>;
  if (node.kind === "BinaryOperationNode") {
    const { operator } = parts["operator"] as { readonly operator?: string };
    if (!nullTests.has(operator ?? ""))
      for (const side of [parts["leftOperand"], parts["rightOperand"]]) refuseSecret(side, names, "compared");
  }
  if (node.kind === "OrderByItemNode") refuseSecret(parts["orderBy"], names, "ordered by");
  if (node.kind === "GroupByItemNode") refuseSecret(parts["groupBy"], names, "grouped by");
  for (const part of Object.values(parts)) {
    for (const child of Array.isArray(part) ? (part as readonly unknown[]) : [part])
      if (isNode(child)) refuseComparisons(child, names);
  }
}

function refuseSecret(node: unknown, names: ReadonlySet<string>, done: string): void {
  const name = isNode(node) ? nameOf(node) : undefined;
  if (name === undefined || !names.has(name)) return;
  throw new Error(
    `'${name}' is secret and kept encrypted, another text for each row: it cannot be ${done}. Find the row by another field and compare in code, or keep a hash in a text() field.`,
  );
}

function isNode(value: unknown): value is OperationNode {
  return value !== null && typeof value === "object" && "kind" in value;
}

/** The column that a node names, by itself or with its table. */
function nameOf(node: OperationNode): string | undefined {
  const column = node.kind === "ReferenceNode" ? (node as ReferenceNode).column : node;
  return column.kind === "ColumnNode" ? (column as ColumnNode).column.name : undefined;
}
