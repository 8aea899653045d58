import { raw, type Sql } from "../../sql/sql.ts";
import { containsJson, overlapsJson } from "../json-values.ts";
import { truth } from "../values.ts";
import { bool, only, type Operator, operator, type SqlTarget } from "./operator.ts";

function relation(
  holds: (left: string, right: string) => boolean,
  compile: (left: Sql, right: Sql, target: SqlTarget) => Sql,
): Operator {
  return operator({
    arity: [2, 2],
    resultType: only(["json"], bool),
    evaluate: ([left, right]) => truth(holds(String(left), String(right))),
    sql: ([left = raw("NULL"), right = raw("NULL")], _types, target) => compile(left, right, target),
  });
}

/** PostgreSQL's `@>`, `<@` and `&&` over JSON. */
export const jsonOperators: Readonly<Record<"contains" | "containedBy" | "overlaps", Operator>> = {
  contains: relation(containsJson, (left, right, { dialect }) => dialect.containsJson(left, right)),
  containedBy: relation(
    (left, right) => containsJson(right, left),
    (left, right, { dialect }) => dialect.containsJson(right, left),
  ),
  overlaps: relation(overlapsJson, (left, right, { dialect }) => dialect.overlapsJson(left, right)),
};
