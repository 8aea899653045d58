import type { Expression } from "../../expression/expression.ts";
import type { Model } from "../../model/model.ts";
import { compileExpression, createAliases, type RowSource } from "../../sql/compile-expression.ts";
import { identifier } from "../../sql/sql.ts";
import { sqliteDialect } from "../dialect/dialect.ts";
import { inlineConstants } from "../dialect/literals.ts";

/** Inside CREATE TABLE the row has no name: its columns stand alone. */
const ownRow: RowSource = { column: (column) => identifier(column.name), rowKey: undefined };

/**
 * A check of a table, over the scope `row`, as the text of a CHECK. SQLite evaluates it with the row's values alone.
 *
 * @throws Error for what a CHECK cannot hold: another table, the actor, the moment of the request.
 */
export function compileCheck(expression: Expression, model: Model): string {
  const context = { model, dialect: sqliteDialect, rows: new Map([["row", ownRow]]), alias: createAliases() };
  return inlineConstants(compileExpression(expression, context));
}
