import type { Comparison, Condition, Path } from "../records/query.ts";
import type { ValueList } from "./value-list.ts";

/** What must be known of a table to read a condition on its rows. */
export interface WhereTable {
  /** Whether it has a column or relation of that name. */
  readonly has: (name: string) => boolean;
  /** The table that the relation of this name leads to; undefined for what is no relation. */
  readonly target: (relation: string) => WhereTable | undefined;
}

type WhereObject = Readonly<Record<string, unknown>>;

type ReadOperator = (path: Path, value: unknown, values: ValueList) => Condition;

const all = (conditions: readonly Condition[]): Condition => {
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { type: "and", conditions };
};
const not = (condition: Condition): Condition => ({ type: "not", condition });
const isNull = (path: Path): Condition => ({ type: "is", path, value: "null" });

function comparison(operator: Comparison["operator"]): (path: Path, value: unknown, values: ValueList) => Comparison {
  return (path, value, values) => ({ type: "compare", path, operator, value: values.add(value) });
}

const [equal, different, distinct, member] = [comparison("eq"), comparison("neq"), comparison("isdistinct"), comparison("in")];

/** The operators that references take too. */
const referenceOperators: ReadonlyMap<string, ReadOperator> = new Map<string, ReadOperator>([
  ["eq", (path, value, values) => (value === null ? isNull(path) : equal(path, value, values))],
  ["neq", (path, value, values) => (value === null ? not(isNull(path)) : different(path, value, values))],
  ["distinctFrom", (path, value, values) => (value === null ? not(isNull(path)) : distinct(path, value, values))],
  ["in", member],
  ["notIn", (path, value, values) => not(member(path, value, values))],
  ["gt", comparison("gt")],
  ["gte", comparison("gte")],
  ["lt", comparison("lt")],
  ["lte", comparison("lte")],
]);

const operators: ReadonlyMap<string, ReadOperator> = new Map<string, ReadOperator>([
  ...referenceOperators,
  ["like", comparison("like")],
  ["ilike", comparison("ilike")],
  ["match", comparison("match")],
  ["imatch", comparison("imatch")],
  ["search", comparison("wfts")],
  ["searchQuery", comparison("fts")],
  ["contains", comparison("cs")],
  ["containedBy", comparison("cd")],
  ["overlaps", comparison("ov")],
]);

/** Over the rows that a relation leads to. */
const quantifiers: ReadonlySet<string> = new Set(["some", "none", "every"]);

/** A `where` as the condition of a query, its values added to `values`. Throws `TypeError` for what is none, names left unchecked. */
export function readWhere(where: unknown, table: WhereTable, values: ValueList): Condition {
  return all(Object.entries(asObject(where, "where")).map(([name, value]) => readPart(name, value, table, values)));
}

function readPart(name: string, value: unknown, table: WhereTable, values: ValueList): Condition {
  // Left out it would be a filter that is not there, and the query would take every row.
  if (value === undefined) throw new TypeError(`where: '${name}' is undefined; leave it out, or ask for null.`);
  switch (name) {
    case "and":
    case "or":
      return { type: name, conditions: asList(value, name).map((part) => readWhere(part, table, values)) };
    case "not":
      return not(readWhere(value, table, values));
    default: {
      const target = table.target(name);
      return target === undefined ? readFilter(name, value, values) : readRelation(name, value, target, values);
    }
  }
}

/** A value stands for `eq`; an object holds operators. */
function readFilter(name: string, value: unknown, values: ValueList): Condition {
  const path = { column: name, json: [] };
  if (!isObject(value)) return readOperator("eq", { path, value, known: operators }, values);
  return all(
    Object.entries(value).map(([key, operand]) => readOperator(key, { path, value: operand, known: operators }, values)),
  );
}

interface Operand {
  readonly path: Path;
  readonly value: unknown;
  readonly known: typeof operators;
}

function readOperator(name: string, { path, value, known }: Operand, values: ValueList): Condition {
  const read = known.get(name);
  if (read === undefined) throw new TypeError(`where: '${path.column}' has no operator '${name}'.`);
  if (value === undefined) throw new TypeError(`where: '${path.column}.${name}' is undefined; leave it out, or ask for null.`);
  return read(path, value, values);
}

/** Of the reference itself, of how many rows there are, and of the one row that it leads to. */
function readRelation(name: string, value: unknown, target: WhereTable, values: ValueList): Condition {
  const path = { column: name, json: [] };
  if (!isObject(value)) return readOperator("eq", { path, value, known: referenceOperators }, values);
  const conditions: Condition[] = [];
  const row: [string, unknown][] = [];
  for (const [key, part] of Object.entries(value)) {
    if (operators.has(key) && target.has(key)) throw ambiguous(name, key);
    if (quantifiers.has(key)) conditions.push(related(name, key as "some", readWhere(part, target, values)));
    else if (referenceOperators.has(key))
      conditions.push(readOperator(key, { path, value: part, known: referenceOperators }, values));
    else row.push([key, part]);
  }
  if (row.length > 0 || conditions.length === 0) {
    conditions.push(related(name, "some", all(row.map(([key, part]) => readPart(key, part, target, values)))));
  }
  return all(conditions);
}

/** Of a caller without types, or with a schema that they do not know. */
function ambiguous(name: string, key: string): TypeError {
  return new TypeError(
    `where: '${name}.${key}' is an operator, and a field there: write { some: { ${key}: ... } } for the field, { some: { id: { ${key}: ... } } } for the id.`,
  );
}

function related(relation: string, quantifier: "some" | "none" | "every", where: Condition): Condition {
  return { type: "relation", relation, quantifier, where };
}

/** Plain ones alone: a `Date`, say, has no entries, and would be a filter that holds for every row. */
function isObject(value: unknown): value is WhereObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function asObject(value: unknown, place: string): WhereObject {
  if (isObject(value)) return value;
  throw new TypeError(`${place} needs an object such as { stars: { gte: 4 } }.`);
}

function asList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`where: '${place}' needs a list of conditions.`);
}
