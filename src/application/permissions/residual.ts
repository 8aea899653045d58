import {
  aliasSource,
  compileExpression,
  type Connection,
  constant,
  createAliases,
  type Expression,
  identifier,
  join,
  type Model,
  nobodyFacts,
  resolveBindings,
  sql,
  sqliteDialect,
  type Table,
  typeOf,
} from "#database";
import type { Stored } from "#contract";
import { rewrite, someNode } from "./rewrite.ts";

export interface KnownRow {
  readonly connection: Connection;
  readonly model: Model;
  readonly table: Table;
  /** The row's id, as it is stored. */
  readonly key: Stored;
  /** The moment that is asked about, as a stored timestamp. */
  readonly now: string;
}

/** Columns of one statement: SQLite takes 2000. */
const askedAtOnce = 500;

/**
 * What is left of a condition over `row` once the row is known: every part that says nothing of who is asking has become its value.
 * Undefined where there is no such row, or only one that was deleted.
 */
export async function residualOf(condition: Expression, known: KnownRow): Promise<Expression | undefined> {
  const parts = new Map<Expression, Stored>();
  collect(condition, parts);
  const asked = [...parts.keys()];
  if (!(await readValues(asked, known, (part, value) => void parts.set(part, value)))) return undefined;
  return rewrite(condition, (part) => {
    if (!parts.has(part)) return undefined;
    const { scalar, scale } = typeOf(part);
    return { type: "constant", value: parts.get(part) ?? null, valueType: scale === undefined ? { scalar } : { scalar, scale } };
  });
}

/** The largest parts that say nothing of who is asking. Parts of rows in scopes that are opened inside stay where they are. */
function collect(expression: Expression, parts: Map<Expression, Stored>): void {
  if (expression.type === "constant" || expression.type === "actor" || expression.type === "role") return;
  if (!someNode(expression, (part) => part.type === "actor" || part.type === "role" || isComputedOverActor(part))) {
    parts.set(expression, null);
    return;
  }
  switch (expression.type) {
    case "call":
      for (const argument of expression.arguments) collect(argument, parts);
      return;
    case "json":
      collect(expression.value, parts);
      return;
    case "when":
      for (const part of [expression.condition, expression.then, expression.otherwise])
        if (part !== undefined) collect(part, parts);
      return;
    default:
  }
}

// Computed fields know nobody today; should they ever, they must not become a value here.
function isComputedOverActor(part: Expression): boolean {
  return (
    part.type === "column" &&
    part.column.computed !== undefined &&
    someNode(part.column.computed, (inner) => inner.type === "actor" || inner.type === "role")
  );
}

/** The values of expressions over `row`, for nobody in particular. False where there is no such row. */
export async function readValues(
  asked: readonly Expression[],
  { connection, model, table, key, now }: KnownRow,
  take: (part: Expression, value: Stored) => void,
): Promise<boolean> {
  const rows = new Map([
    ["row", aliasSource("row")],
    ["next", aliasSource("row")],
  ]);
  const context = { model, dialect: sqliteDialect, rows, alias: createAliases() };
  for (let at = 0; at === 0 || at < asked.length; at += askedAtOnce) {
    const some = asked.slice(at, at + askedAtOnce);
    const values = join([sql`1`, ...some.map((part) => compileExpression(part, context))], ", ");
    const statement = sql`SELECT ${values} FROM ${identifier(table.name)} AS ${identifier("row")} WHERE ${isKey(table, key)}`;
    const parameters = resolveBindings(statement.bindings, { values: [], actor: nobodyFacts, now });
    const found = await connection.get(statement.text, parameters);
    if (found === undefined) return false;
    for (const [index, part] of some.entries()) take(part, found[index + 1] ?? null);
  }
  return true;
}

/** The condition, under the alias `row`, that finds one row that is there. */
export function isKey(table: Table, key: Stored): ReturnType<typeof sql> {
  const own = sql`${identifier("row")}.${identifier(table.key.name)} = ${constant(key)}`;
  return table.softDelete === undefined ? own : sql`${own} AND ${identifier("row")}.${identifier("deleted")} IS NULL`;
}
