import { AppError, type Stored } from "#contract";
import {
  aliasSource,
  type Column,
  compileExpression,
  constant,
  createScopes,
  expressions,
  identifier,
  instantiate,
  type RowSource,
  type Sql,
  sql,
  type Table,
} from "#database";
import { hintOf, scopeOf } from "../../access/key-scope.ts";
import type { WriteRule } from "../access-view.ts";
import { parametersOf } from "../compiled.ts";
import { compileContext, type Session } from "../session.ts";

const { isConstantTruth, scope } = expressions;

/** Not allowed: 401 for nobody in particular, who may be somebody once signed in, 403 for somebody. */
export function forbidden(session: Pick<Session, "caller">, message?: string): AppError {
  if (session.caller === null) return new AppError("signInRequired", { headers: { "www-authenticate": "Bearer" } });
  return new AppError("forbidden", {
    ...(message === undefined ? {} : { message }),
    ...hintOf(scopeOf(session.caller), "writes"),
  });
}

async function ask(session: Session, statement: Sql): Promise<Stored | undefined> {
  const row = await session.connection.get(statement.text, parametersOf(session, statement.bindings, []));
  return row?.[0];
}

export interface ChangeCheck {
  readonly table: Table;
  /** The row numbers of the rows about to change, as a JSON list. */
  readonly keys: string;
  readonly set: ReadonlyMap<Column, Stored>;
  /** The rule has not been asked yet of the rows as they are. */
  readonly checkBefore: boolean;
}

/**
 * Whether a rule holds for every row about to change. Asked before the change, of the row as it will be: each column that
 * the change sets stands for its new value. A rule that says `next` compares the two; one that does not holds for both.
 */
export async function allowsChange(session: Session, rule: WriteRule, change: ChangeCheck): Promise<boolean> {
  const { expression, mentionsNext } = rule;
  if (isConstantTruth(expression, true)) return true;
  if (isConstantTruth(expression, false)) return false;
  const fresh = createScopes("c");
  const after = mentionsNext ? expression : instantiate(expression, { row: scope("next") }, fresh);
  const parts = !mentionsNext && change.checkBefore ? [expression, after] : [after];
  const before = aliasSource("row");
  const next: RowSource = {
    ...before,
    column: (column) => (change.set.has(column) ? constant(change.set.get(column) ?? null) : before.column(column)),
  };
  const rows = new Map([
    ["row", before],
    ["next", next],
  ]);
  const context = { ...compileContext(session), rows };
  const { table } = change;
  const verdicts = parts.map((part) => sql`coalesce(${compileExpression(part, context)}, 0)`);
  const all = verdicts.reduce((left, right) => sql`${left} AND ${right}`);
  const key = sql`${identifier("row")}.${identifier(table.rowKey)}`;
  const keys = session.services.dialect.listItems(constant(change.keys), { scalar: "integer" }, (item) => item);
  const refused = await ask(
    session,
    sql`SELECT 1 FROM ${identifier(table.name)} AS ${identifier("row")} WHERE ${key} IN ${keys} AND NOT (${all}) LIMIT 1`,
  );
  return refused === undefined;
}
