import type { Stored } from "#contract";
import {
  aliasSource,
  type Column,
  compileExpression,
  constant,
  createAliases,
  type Expression,
  expressions,
  identifier,
  nobodyFacts,
  resolveBindings,
  type Sql,
  sql,
  sqliteDialect,
  type Table,
} from "#database";
import { isKey, type KnownRow } from "./residual.ts";
import { rewrite, someNode } from "./rewrite.ts";

/** The people of a way in (see `whoMay`), as rows of `users`. Deleted ones are not among them. */
export interface People {
  /** How many. */
  count(): Promise<number>;
  /** So many of them after one of them, in the order of their numbers. */
  page(after: Stored | undefined, limit: number): Promise<readonly Person[]>;
  /** The statement that counts, for who wants to see it. */
  readonly sql: string;
}

export interface Person {
  readonly id: string | number;
  /** What a person knows them by: the first text of their row. Null where there is none. */
  readonly label: string | null;
  /** Where the next page goes on. */
  readonly place: Stored;
}

/** Undefined where the model has no table `users`: who is asking is then no row. */
export function peopleOf(people: Expression, known: KnownRow): People | undefined {
  const users = known.model.tables.get("users");
  if (users === undefined) return undefined;
  const from = fromWhere(people, users, known);
  const label = labelOf(users);
  const run = async (statement: Sql): Promise<readonly (readonly Stored[])[]> =>
    known.connection.all(statement.text, resolveBindings(statement.bindings, { values: [], actor: nobodyFacts, now: known.now }));
  const count = sql`SELECT count(*) ${from}`;
  return {
    sql: count.text,
    count: async () => Number((await run(count))[0]?.[0] ?? 0),
    async page(after, limit) {
      const number = sql`${identifier("me")}.${identifier(users.rowKey)}`;
      const start = after === undefined ? sql`` : sql` AND ${number} > ${constant(after)}`;
      const name = label === undefined ? sql`NULL` : sql`${identifier("me")}.${identifier(label.name)}`;
      const rows = await run(
        sql`SELECT ${number}, ${identifier("me")}.${identifier(users.key.name)}, ${name} ${from}${start} ORDER BY ${number} LIMIT ${constant(limit)}`,
      );
      return rows.map(([place, id, shown]) => ({
        id: id as string | number,
        label: shown === null || shown === undefined ? null : String(shown),
        place: place ?? null,
      }));
    },
  };
}

/** `me.id` is the id of each of the users in turn. */
function fromWhere(people: Expression, users: Table, { model, table, key }: KnownRow): Sql {
  const id = expressions.column(expressions.scope("me"), users.key);
  const condition = rewrite(people, (part) => (part.type === "actor" ? id : undefined));
  const rows = new Map([
    ["me", aliasSource("me")],
    ["row", aliasSource("row")],
  ]);
  const where = compileExpression(condition, { model, dialect: sqliteDialect, rows, alias: createAliases() });
  const live = users.softDelete === undefined ? sql`` : sql` AND ${identifier("me")}.${identifier("deleted")} IS NULL`;
  const looksAtRow = someNode(condition, (part) => "row" in part && rootOf(part.row) === "row");
  const row = looksAtRow ? sql` JOIN ${identifier(table.name)} AS ${identifier("row")} ON ${isKey(table, key)}` : sql``;
  return sql`FROM ${identifier(users.name)} AS ${identifier("me")}${row} WHERE ${where}${live}`;
}

function rootOf(row: Extract<Expression, { type: "column" }>["row"]): string {
  return row.type === "scope" ? row.name : rootOf(row.from);
}

function labelOf(users: Table): Column | undefined {
  const readable = [...users.columns.values()].filter(
    (column) =>
      column.type.scalar === "text" &&
      !column.secret &&
      column.computed === undefined &&
      column.reference === undefined &&
      column.name !== "id",
  );
  return readable.find(({ name }) => name === "name" || name === "email") ?? readable[0];
}
