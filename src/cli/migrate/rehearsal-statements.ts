import type { Backend } from "#application";
import {
  aliasSource,
  compileExpression,
  createAliases,
  type Expression,
  identifier,
  type Model,
  sql,
  sqliteDialect,
} from "#database";

export interface NamedStatement {
  readonly name: string;
  readonly sql: string;
}

/** Every rule as a statement that asks it of its table: each must be understood by the schema that a migration leads to. */
export function rehearsalStatements({ model, rules }: Pick<Backend, "model" | "rules">): readonly NamedStatement[] {
  return [...rules].flatMap(([table, { read, create, update, delete: remove, fields }]) => {
    const own: readonly (readonly [string, Expression | undefined])[] = [
      ["read", read],
      ["create", create],
      ["update", update?.expression],
      ["delete", remove],
      ...[...fields].flatMap(([field, rule]): (readonly [string, Expression | undefined])[] => [
        [`${field}: read`, rule.read],
        [`${field}: create`, rule.create],
        [`${field}: update`, rule.update?.expression],
      ]),
    ];
    return own.flatMap(([operation, rule]) =>
      rule === undefined ? [] : [{ name: `rule ${table}: ${operation}`, sql: ruleStatement(rule, table, model) }],
    );
  });
}

function ruleStatement(rule: Expression, table: string, model: Model): string {
  const rows = new Map([
    ["row", aliasSource("row")],
    ["next", aliasSource("row")],
  ]);
  const condition = compileExpression(rule, { model, dialect: sqliteDialect, rows, alias: createAliases() });
  return sql`SELECT ${condition} FROM ${identifier(table)} AS ${identifier("row")}`.text;
}
