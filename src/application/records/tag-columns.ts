import { type Expression, expressions, type Table } from "#database";
import { type Resolver, resolvePath } from "./resolver.ts";

const hidden: Expression = { type: "constant", value: null, valueType: { scalar: "text" } };

/** What a row's tag is made of, its version and when it last changed, as the caller may see them: null for what a rule hides. */
export function tagColumns(resolver: Resolver, table: Table, name: string): readonly Expression[] {
  return ["version", "updated"].map((column) =>
    resolver.view.readableColumn(table, column) === undefined
      ? hidden
      : resolvePath(resolver, table, expressions.scope(name), { column, json: [] }).value,
  );
}
