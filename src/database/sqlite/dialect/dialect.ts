import type { ValueType } from "../../model/model.ts";
import { checkPatternLength, checkRegularExpression } from "../../expression/patterns.ts";
import { lowerCase } from "../../expression/text.ts";
import { scaleOf } from "../../expression/value-types.ts";
import { powerOfTen } from "../../expression/values.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { constant, identifier, join, raw, type Sql, sql, textLiteral, withTransform } from "../../sql/sql.ts";
import { fullTextQuery, searchTable } from "./full-text.ts";
import { functionNames as names } from "./functions.ts";
import { timeGuard } from "../time-guard.ts";
import { globPattern } from "./glob.ts";

const fn = (name: string, ...args: readonly Sql[]): Sql => sql`${raw(name)}(${join(args, ", ")})`;

/** A path in SQLite's notation, as a parameter: its keys are quoted as JSON strings, so that none of them is syntax. */
function pathText(path: readonly (string | number)[]): string {
  // SQLite reads an index into 32 bits and wraps; no array has so many items.
  const index = (step: number): number => Math.min(Math.abs(step), 999_999_999);
  return `$${path.map((step) => (typeof step === "string" ? `.${JSON.stringify(step)}` : step < 0 ? `[#-${index(step)}]` : `[${index(step)}]`)).join("")}`;
}

/** JSON as a text: SQLite remembers of a value that it came out of a JSON function, and would write it into JSON as it is. */
function asPlainText(json: Sql): Sql {
  return sql`(${json} || '')`;
}

/** A LIKE pattern on its way into a parameter. */
function likePattern(pattern: string): string {
  checkPatternLength(pattern);
  return globPattern(pattern);
}

/** How a list slot's items stand in its JSON text (see `listText`), and how they become values. */
function listItem(type: ValueType): Sql {
  if (type.scalar === "real") return sql`CAST(value AS REAL)`;
  return type.scalar === "bytes" ? sql`unhex(value)` : sql`value`;
}

/** Exact text by integer arithmetic: a quotient in floating point would round. */
function decimalTextSql(value: Sql, scale: number): Sql {
  if (scale === 0) return sql`CAST(${value} AS TEXT)`;
  const unit = raw(String(powerOfTen(scale)));
  const format = textLiteral(`%s%lld.%0${scale}lld`);
  return sql`CASE WHEN ${value} IS NOT NULL THEN printf(${format}, iif(${value} < 0, '-', ''), abs(${value}) / ${unit}, abs(${value}) % ${unit}) END`;
}

const checkWithCase = (pattern: string): string => checkRegularExpression(pattern, false);
const checkIgnoringCase = (pattern: string): string => checkRegularExpression(pattern, true);

export const sqliteDialect: Dialect = {
  name: "sqlite",
  timeGuard,
  // Not RETURNING: beside it an insert takes ten times as long, for it keeps a journal of its own that it could be undone by.
  lastRowNumber: "SELECT last_insert_rowid()",

  toReal: (value) => sql`CAST(${value} AS REAL)`,
  // node:sqlite sends every number as a real: `7 / ?` would not be a whole division.
  integerParameter: (parameter) => sql`CAST(${parameter} AS INTEGER)`,
  // SQLite turns a result that leaves 64 bits into a real. min and max cut it off at the end of the range, exactly where null stands.
  integerInRange: (value) =>
    sql`nullif(nullif(max(min(${value}, 9223372036854775807), -9223372036854775807), 9223372036854775807), -9223372036854775807)`,
  realInRange: (value) => sql`nullif(nullif(${value}, 9e999), -9e999)`,
  integerQuotient: (left, right) => sql`(${left} / ${right})`,
  remainder: (left, right) => sql`(${left} % ${right})`,

  isTruth: (value, wanted) => (wanted ? sql`(${value} IS TRUE)` : sql`(${value} IS FALSE)`),
  isDistinct: (left, right) => sql`(${left} IS NOT ${right})`,
  // SQLite reads a single subquery in brackets as a list of its rows: `x IN ((SELECT ...))` is false where the value is missing.
  isIn: (value, items) =>
    items.length === 1 ? sql`(${value} = ${items[0] ?? raw("NULL")})` : sql`(${value} IN (${join(items, ", ")}))`,
  listItems: (list, type, wrap) => sql`(SELECT ${wrap(listItem(type))} FROM json_each(${list}))`,

  concat: (parts) => sql`(${join(parts, " || ")})`,
  length: (value) => fn("length", value),
  lower: (value) => fn(names.lower, value),
  upper: (value) => fn(names.upper, value),
  like: (value, pattern) => sql`(${value} GLOB ${withTransform(pattern, likePattern) ?? fn(names.glob, pattern)})`,
  ilike: (value, pattern) =>
    sql`(${fn(names.lower, value)} GLOB ${withTransform(pattern, (text) => likePattern(lowerCase(text))) ?? fn(names.glob, fn(names.lower, pattern))})`,
  matches: (value, pattern, ignoreCase) =>
    fn(
      ignoreCase ? names.matchIgnoringCase : names.match,
      value,
      withTransform(pattern, ignoreCase ? checkIgnoringCase : checkWithCase) ?? pattern,
    ),

  jsonAt: (value, path, asText) => {
    if (path.length === 0 && !asText) return value;
    const at = constant(pathText(path));
    if (!asText) return sql`(${value} -> ${at})`;
    // `->>` alone would give numbers and 0 and 1 for true and false.
    return sql`CASE WHEN json_type(${value}, ${at}) = 'text' THEN ${value} ->> ${at} ELSE ${asPlainText(sql`nullif(${value} -> ${at}, 'null')`)} END`;
  },
  canonicalJson: (value) => fn(names.canonicalJson, value),
  compareJson: (left, right) => fn(names.compareJson, left, right),
  containsJson: (left, right) => fn(names.containsJson, left, right),
  overlapsJson: (left, right) => fn(names.overlapsJson, left, right),

  addSeconds: (moment, seconds) => fn(names.addSeconds, moment, seconds),
  cast: (value, from, to) => {
    if (from.scalar === to.scalar) return value;
    if (from.scalar === "integer" && to.scalar === "text") return sql`CAST(${value} AS TEXT)`;
    if (from.scalar === "integer" && to.scalar === "real") return sql`CAST(${value} AS REAL)`;
    // A truth that is a parameter is a real: see `integerParameter`.
    if (from.scalar === "bool" && to.scalar === "integer") return sql`CAST(${value} AS INTEGER)`;
    if (from.scalar === "timestamp" && to.scalar === "date") return sql`substr(${value}, 1, 10)`;
    if ((from.scalar === "timestamp" || from.scalar === "date") && to.scalar === "text") return value;
    if (from.scalar === "json" && to.scalar === "text") return asPlainText(value);
    return fn(names.cast, value, textLiteral(from.scalar), raw(String(scaleOf(from))), textLiteral(to.scalar));
  },
  search: ({ table, columns, syntax }, rowKey, query) => {
    const index = identifier(searchTable(table));
    const filter = textLiteral(`{${columns.map((name) => identifier(name).text).join(" ")}} : (`);
    const words = withTransform(query, (text) => fullTextQuery(text, syntax));
    if (words === undefined) throw new Error("A full-text search takes a constant or a value of the request.");
    return sql`(${rowKey} IN (SELECT rowid FROM ${index} WHERE ${index} MATCH ${filter} || ${words} || ')'))`;
  },
  // sum() fails as soon as it leaves 64 bits. In two halves it cannot; the halves are put together after carrying, so that only
  // a sum that is itself out of range becomes a real.
  integerSum: (value, small) => {
    if (small) return sql`sum(${value})`;
    const [high, low] = [sql`sum(${value} >> 32)`, sql`sum(${value} & 4294967295)`];
    return sqliteDialect.integerInRange(sql`(${high} + (${low} >> 32)) * 4294967296 + (${low} & 4294967295)`);
  },
  renderJson: (value, { rendering, scale }) => {
    switch (rendering) {
      case "plain":
        return value;
      case "bool":
        return sql`json(CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`;
      case "json":
        return sql`json(${value})`;
      case "bytes":
        return sql`CASE WHEN ${value} IS NOT NULL THEN '\\x' || lower(hex(${value})) END`;
      case "decimal":
        return decimalTextSql(value, scale);
    }
  },
};
