import { join, raw, type Sql, sql } from "../../sql/sql.ts";
import { matchesLike, matchesRegularExpression } from "../patterns.ts";
import { codePointLength, lowerCase, upperCase } from "../text.ts";
import { truth } from "../values.ts";
import { bool, integer, only, type Operator, operator, type SqlTarget, text } from "./operator.ts";

const NULL = raw("NULL");
const textual = only(["text"], bool);

function pattern(
  matches: (value: string, pattern: string) => boolean | null,
  compile: (value: Sql, pattern: Sql, target: SqlTarget) => Sql,
): Operator {
  return operator({
    arity: [2, 2],
    resultType: textual,
    evaluate: ([value, wanted]) => {
      const result = matches(String(value), String(wanted));
      return result === null ? null : truth(result);
    },
    sql: ([value = NULL, wanted = NULL], _types, target) => compile(value, wanted, target),
  });
}

const changed = (change: (value: string) => string, compile: (value: Sql, target: SqlTarget) => Sql): Operator =>
  operator({
    arity: [1, 1],
    resultType: only(["text"], text),
    evaluate: ([value]) => change(String(value)),
    sql: ([value = NULL], _types, target) => compile(value, target),
  });

export const textOperators: Readonly<
  Record<"like" | "ilike" | "match" | "imatch" | "lower" | "upper" | "concat" | "length", Operator>
> = {
  /** SQL's LIKE; case matters, and the backslash takes the meaning from `%`, `_` and itself. */
  like: pattern(matchesLike, (value, wanted, { dialect }) => dialect.like(value, wanted)),
  ilike: pattern(
    (value, wanted) => matchesLike(lowerCase(value), lowerCase(wanted)),
    (value, wanted, { dialect }) => dialect.ilike(value, wanted),
  ),
  /** A regular expression that some part of the text matches. */
  match: pattern(
    (value, wanted) => matchesRegularExpression(value, wanted, false),
    (value, wanted, { dialect }) => dialect.matches(value, wanted, false),
  ),
  imatch: pattern(
    (value, wanted) => matchesRegularExpression(value, wanted, true),
    (value, wanted, { dialect }) => dialect.matches(value, wanted, true),
  ),
  lower: changed(lowerCase, (value, { dialect }) => dialect.lower(value)),
  upper: changed(upperCase, (value, { dialect }) => dialect.upper(value)),
  concat: operator({
    arity: [1, Number.POSITIVE_INFINITY],
    resultType: only(["text"], text),
    evaluate: (args) => args.join(""),
    sql: (args, _types, { dialect }) => (args.length === 1 ? sql`(${join(args, "")})` : dialect.concat(args)),
  }),
  /** Of text its code points, of bytes their number. */
  length: operator({
    arity: [1, 1],
    resultType: only(["text", "bytes"], integer),
    evaluate: ([value]) => BigInt(value instanceof Uint8Array ? value.length : codePointLength(String(value))),
    sql: ([value = NULL], _types, { dialect }) => dialect.length(value),
    bound: () => 2n ** 31n,
  }),
};
