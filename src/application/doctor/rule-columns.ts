import { children, type Column, type Expression, type Model, type RowReference, type Table } from "#database";
import type { Backend } from "../definition.ts";
import { nodesOf } from "../rules/inspect.ts";

/** An index that rules ask for and the definition does not have. */
export interface MissingIndex {
  readonly table: string;
  readonly columns: readonly string[];
  /** The rules that would use it: `notes: read`. */
  readonly rules: readonly string[];
  /** What to write, to the letter. */
  readonly line: string;
}

/**
 * The columns by which rules find rows and that have no index. Where a rule compares a column of the row with what is known of the
 * caller, the rows can be looked up; without an index every list reads the whole table. Along a relation the same is true of the
 * rows at its other end.
 */
export function missingRuleIndexes({ model, rules }: Pick<Backend, "model" | "rules">): readonly MissingIndex[] {
  const found = new Map<string, { table: string; columns: readonly string[]; rules: Set<string> }>();
  for (const [name, book] of rules) {
    const table = model.tables.get(name);
    if (table === undefined) continue;
    const update = book.update?.expression;
    for (const [operation, rule] of Object.entries({ read: book.read, update, delete: book.delete })) {
      if (rule === undefined) continue;
      for (const { table: where, columns } of indexesWanted(rule, table, model)) {
        const key = `${where} ${columns.join(" ")}`;
        const entry = found.get(key) ?? { table: where, columns, rules: new Set<string>() };
        entry.rules.add(`${name}: ${operation}`);
        found.set(key, entry);
      }
    }
  }
  return [...found.values()].map((entry) => ({ ...entry, rules: [...entry.rules], line: indexLine(model, entry) }));
}

interface Wanted {
  readonly table: string;
  readonly columns: readonly string[];
}

/** How the rows that a condition lets through can be found. */
type Access =
  /** It does not depend on the row. */
  | { readonly type: "constant" }
  | { readonly type: "indexed" }
  /** An index on one of these would do, or on all of them where either of several must be true. */
  | { readonly type: "missing"; readonly wanted: readonly Wanted[] }
  /** Only by reading every row. */
  | { readonly type: "scan" };

interface Place {
  readonly model: Model;
  readonly table: Table;
  /** The name of the row in question. */
  readonly scope: string;
}

function indexesWanted(rule: Expression, table: Table, model: Model): readonly Wanted[] {
  const access = accessOf(rule, { model, table, scope: "row" });
  return [...(access.type === "missing" ? access.wanted : []), ...insideRelations(rule, model)];
}

function accessOf(expression: Expression, place: Place): Access {
  if (!mentions(expression, place.scope)) return { type: "constant" };
  if (expression.type !== "call") return { type: "scan" };
  const { operator, arguments: parts } = expression;
  if (operator === "and") return both(parts.map((part) => accessOf(part, place)));
  if (operator === "or") return either(parts.map((part) => accessOf(part, place)));
  if (operator === "eq" || operator === "in") return ofEquality(parts, place);
  return { type: "scan" };
}

/** Any one of them that has an index serves them all. */
function both(parts: readonly Access[]): Access {
  const order = ["indexed", "missing", "scan", "constant"];
  return [...parts].sort((left, right) => order.indexOf(left.type) - order.indexOf(right.type))[0] ?? { type: "constant" };
}

/** Each of them needs its own: where one must read every row, no index helps. What does not depend on the row is settled before. */
function either(parts: readonly Access[]): Access {
  if (parts.some(({ type }) => type === "scan")) return { type: "scan" };
  const wanted = parts.flatMap((part) => (part.type === "missing" ? part.wanted : []));
  if (wanted.length > 0) return { type: "missing", wanted };
  return parts.find(({ type }) => type === "indexed") ?? { type: "constant" };
}

function ofEquality(parts: readonly Expression[], { model, table, scope }: Place): Access {
  const [left, right] = parts;
  if (left === undefined || right === undefined) return { type: "scan" };
  const column =
    left.type === "column" && !mentions(right, scope)
      ? left
      : right.type === "column" && !mentions(left, scope)
        ? right
        : undefined;
  const other = column === left ? right : left;
  if (column === undefined || column.column.computed !== undefined || splitsBadly(column.column, other)) return { type: "scan" };
  const owner = model.tables.get(column.row.type === "scope" ? table.name : column.column.table);
  if (owner === undefined) return { type: "scan" };
  return leads(owner, [column.column.name])
    ? { type: "indexed" }
    : { type: "missing", wanted: [{ table: owner.name, columns: [column.column.name] }] };
}

/** A value that a great part of the rows share is not worth an index. */
function splitsBadly({ kind }: Column, other: Expression): boolean {
  return kind.name === "bool" || kind.name === "json" || (kind.name === "enum" && other.type === "constant");
}

/**
 * Rows at the other end of a relation are found by the reference, which has an index. Where many may refer to one row, and the rule
 * looks for one of them, an index over both columns finds it at once.
 */
function insideRelations(rule: Expression, model: Model): readonly Wanted[] {
  return [...nodesOf(rule)].flatMap((node) => {
    if (node.type !== "exists" && node.type !== "aggregate") return [];
    const { relation, where, scope } = node;
    const target = model.tables.get(relation.target);
    if (where === undefined || target === undefined || relation.cardinality !== "many" || relation.junction !== undefined)
      return [];
    const equal = equalColumns(where, scope).filter((column) => column !== relation.targetColumn);
    const [first] = equal;
    if (
      first === undefined ||
      equal.some((column) => leads(target, [relation.targetColumn, column]) || leads(target, [column, relation.targetColumn]))
    )
      return [];
    // A unique column leads to one row already.
    if (equal.some((column) => target.uniques.some(({ columns }) => columns.length === 1 && columns[0] === column))) return [];
    return [{ table: target.name, columns: [relation.targetColumn, first] }];
  });
}

/** The columns of that row that must equal something that is known before. */
function equalColumns(where: Expression, scope: string): readonly string[] {
  if (where.type !== "call") return [];
  if (where.operator === "and") return where.arguments.flatMap((part) => equalColumns(part, scope));
  if (where.operator !== "eq") return [];
  const [left, right] = where.arguments;
  if (left === undefined || right === undefined) return [];
  const column =
    isOwnColumn(left, scope) && !mentions(right, scope)
      ? left
      : isOwnColumn(right, scope) && !mentions(left, scope)
        ? right
        : undefined;
  if (column?.type !== "column") return [];
  const other = column === left ? right : left;
  return column.column.computed !== undefined || splitsBadly(column.column, other) ? [] : [column.column.name];
}

function isOwnColumn(expression: Expression, scope: string): boolean {
  return expression.type === "column" && expression.row.type === "scope" && expression.row.name === scope;
}

/** Does some index of the table begin with these columns? */
function leads(table: Table, wanted: readonly string[]): boolean {
  if (wanted[0] === table.key.name) return true;
  const references = [...table.columns.values()].filter(({ reference }) => reference !== undefined).map(({ name }) => [name]);
  return [...table.uniques.map(({ columns }) => columns), ...table.indexes.map(({ columns }) => columns), ...references].some(
    (columns) => wanted.every((column, at) => columns[at] === column),
  );
}

function mentions(expression: Expression, scope: string): boolean {
  if ("row" in expression && rootOf(expression.row) === scope) return true;
  return children(expression).some((child) => mentions(child, scope));
}

function rootOf(row: RowReference): string {
  return row.type === "scope" ? row.name : rootOf(row.from);
}

/** The line of a schema that has an index on these columns, to the letter. */
export function indexLine(model: Model, { table, columns }: Wanted): string {
  const [first, ...others] = columns;
  const column = model.tables.get(table)?.columns.get(first ?? "");
  if (others.length > 0) return `${table}: table({ ... }, { indexes: [${JSON.stringify([...columns])}] })`;
  return `${table}: { ${first}: ${column === undefined ? "..." : fieldText(column)}.index() }`;
}

/** A field as it is written, as far as the index that follows needs it to be found again. */
function fieldText({ kind, options, nullable }: Column): string {
  const list = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(", ");
  const made: Readonly<Record<string, string>> = {
    decimal: `decimal(${options.precision ?? 18}, ${options.scale ?? 2})`,
    enum: `enums(${list(options.values ?? [])})`,
  };
  return `${made[kind.name] ?? `${kind.name}()`}${nullable ? ".optional()" : ""}`;
}
