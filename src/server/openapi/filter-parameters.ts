import { comparables, type FilterOperator, filterOperators, type TableReach } from "#application";
import type { Json } from "#contract";
import type { Column, Relation } from "#database";
import { isParameterKeyword } from "../rest/grammar/parse-parameters.ts";
import type { ExampleObject, ParameterObject } from "./openapi.ts";
import { sampleValue } from "./sample-value.ts";

/** What each operator means, and how it is written with a value. */
const operators: { readonly [O in FilterOperator | "is" | "not"]: { readonly means: string; write(value: string): string } } = {
  eq: { means: "equal to", write: (value) => `eq.${value}` },
  neq: { means: "not equal to", write: (value) => `neq.${value}` },
  gt: { means: "greater than", write: (value) => `gt.${value}` },
  gte: { means: "greater than or equal to", write: (value) => `gte.${value}` },
  lt: { means: "less than", write: (value) => `lt.${value}` },
  lte: { means: "less than or equal to", write: (value) => `lte.${value}` },
  isdistinct: { means: "not equal to, null being a value like others", write: (value) => `isdistinct.${value}` },
  in: { means: "one of a list", write: (value) => `in.(${value})` },
  like: { means: "like a pattern: `*` stands for any text, `_` for one character", write: (value) => `like.*${value}*` },
  ilike: { means: "like a pattern, in whatever case", write: (value) => `ilike.*${value}*` },
  match: { means: "matches a regular expression", write: (value) => `match.^${value}` },
  imatch: { means: "matches a regular expression, in whatever case", write: (value) => `imatch.^${value}` },
  fts: { means: "has words: `a&b`, `a|b`, `!a`, `a:*`", write: (value) => `fts.${value}` },
  plfts: { means: "has all these words", write: (value) => `plfts.${value}` },
  phfts: { means: "has these words one after the other", write: (value) => `phfts.${value}` },
  wfts: { means: 'has words as in a search engine: `a "b c" -d or e`', write: (value) => `wfts.${value}` },
  cs: { means: "contains this JSON", write: () => "cs.{}" },
  cd: { means: "is contained in this JSON", write: () => "cd.{}" },
  ov: { means: "has something in common with this JSON", write: () => "ov.[]" },
  is: { means: "is `null`, `not_null`, `true`, `false` or `unknown`", write: () => "is.null" },
  not: { means: "not: before any of these", write: (value) => `not.eq.${value}` },
};

/** Conditions on the fields and relations of a table: a parameter for each, whose examples are its operators. */
export function filterParameters({ table, shown, relations }: TableReach): readonly ParameterObject[] {
  const columns = shown.map(({ column }) => columnFilter(column, table.searchColumns.includes(column.name)));
  const many = relations.filter(
    ({ name, cardinality }) => name !== undefined && cardinality === "many" && !table.columns.has(name),
  );
  return [...columns, ...many.map(relationFilter)];
}

function columnFilter(column: Column, isSearchable: boolean): ParameterObject {
  const names = operatorsOf(column, isSearchable);
  const sample = textOf(sampleValue(column));
  return {
    name: quoteName(column.name),
    in: "query",
    description: `A condition on \`${column.name}\`: an operator, a point and a value. ${names.map((name) => `\`${name}\``).join(", ")}. Several on one field stand in \`and\`.`,
    schema: { type: "string" },
    examples: Object.fromEntries(
      names.map((name): [string, ExampleObject] => [
        name,
        { summary: operators[name].means, value: operators[name].write(name === "in" ? `"${sample}"` : sample) },
      ]),
    ),
  };
}

function operatorsOf({ kind: { scalar } }: Column, isSearchable: boolean): readonly (keyof typeof operators)[] {
  const names = Object.keys(filterOperators) as FilterOperator[];
  const own = names.filter((name) => {
    const { compares, operator } = filterOperators[name];
    return comparables[compares].includes(scalar) && (operator !== "search" || isSearchable);
  });
  return [...own, "is", ...(own.includes("eq") ? (["not"] as const) : [])];
}

function relationFilter({ name = "" }: Relation): ParameterObject {
  return {
    name: quoteName(name),
    in: "query",
    description: `A condition on the rows of \`${name}\`: \`some\`, \`none\` or \`every\`, a point, and conditions in brackets.`,
    schema: { type: "string" },
    examples: {
      some: { summary: "has at least one", value: "some.()" },
      none: { summary: "has none", value: "none.()" },
    },
  };
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === "object" ? "text" : String(value);
}

/** A name that means something else as a parameter stands in double quotes. */
export function quoteName(name: string): string {
  return isParameterKeyword(name) ? `"${name}"` : name;
}
