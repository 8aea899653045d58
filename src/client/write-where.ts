/**
 * Conditions in the grammar of `/rest/v1`. There is no schema here, so what a key of an object means must be told from its name alone: the
 * names of operators are operators, `some`, `none` and `every` quantify, and everything else is a field of the related row. A field of a
 * related row that is named like an operator is asked for as `{ some: { like: "x" } }`; the types refuse it elsewhere.
 */

/** A condition: as a parameter of an address, and as it stands among others in parentheses. */
export interface Condition {
  readonly name: string;
  readonly value: string;
  readonly inner: string;
}

type Plain = Readonly<Record<string, unknown>>;

const operators: Readonly<Record<string, string>> = {
  eq: "eq",
  neq: "neq",
  distinctFrom: "isdistinct",
  gt: "gt",
  gte: "gte",
  lt: "lt",
  lte: "lte",
  in: "in",
  notIn: "not.in",
  like: "like",
  ilike: "ilike",
  match: "match",
  imatch: "imatch",
  search: "wfts",
  searchQuery: "fts",
  contains: "cs",
  containedBy: "cd",
  overlaps: "ov",
};

/** Whether a condition asks anything of related rows. */
export function asksRelated(where: unknown): boolean {
  if (Array.isArray(where)) return where.some(asksRelated);
  return Object.entries(isObject(where) ? where : {}).some(([name, value]) => {
    if (name === "and" || name === "or" || name === "not") return asksRelated(value);
    if (!isObject(value)) return false;
    const keys = Object.keys(value);
    return keys.length === 0 || keys.some((key) => !Object.hasOwn(operators, key));
  });
}

/** Parameters of an address that are no filters: a column of such a name stands in quotes. */
const keywords: ReadonlySet<string> = new Set([
  "select",
  "columns",
  "on_conflict",
  "after",
  "asOf",
  "deletedRows",
  "order",
  "limit",
  "offset",
]);

/**
 * The conditions that must all hold. `included` has the relations that come with the rows: a null test under the name of one is about the
 * related row unless the name stands in quotes. Throws `TypeError` for what is no condition.
 */
export function writeWhere(where: unknown, included: object = {}): readonly Condition[] {
  return Object.entries(asObject(where)).flatMap(([name, value]) => {
    // Left out it would be a filter that is not there, and the call would be about every row.
    if (value === undefined) throw new TypeError(`where: '${name}' is undefined; leave it out, or ask for null.`);
    if (name === "and") return asList(value, name).flatMap((part) => writeWhere(part, included));
    if (name === "or") {
      const parts = asList(value, name).map((part) => all(writeWhere(part, included)));
      return parts.length === 0 ? [nothing] : [group("or", parts)];
    }
    if (name === "not") {
      const parts = writeWhere(value, included);
      return parts.length === 0 ? [nothing] : [group("not.and", parts)];
    }
    const column = keywords.has(name) || Object.hasOwn(included, name) ? `"${name}"` : name;
    return isObject(value) ? writeParts(name, column, value) : [compare(column, "eq", value)];
  });
}

/** Operators on the column, quantifiers over the rows that a relation leads to, and conditions on the one row. */
function writeParts(name: string, column: string, value: Plain): readonly Condition[] {
  const conditions: Condition[] = [];
  const row: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (key === "some" || key === "none" || key === "every") conditions.push(related(column, key, part));
    else if (!Object.hasOwn(operators, key)) row[key] = part;
    else if (part !== undefined) conditions.push(compare(column, key, part));
    else throw new TypeError(`where: '${name}.${key}' is undefined; leave it out, or ask for null.`);
  }
  if (Object.keys(row).length > 0 || conditions.length === 0) conditions.push(related(column, "some", row));
  return conditions;
}

function related(column: string, quantifier: string, where: unknown): Condition {
  const parts = writeWhere(where).map(({ inner }) => inner);
  return condition(column, `${quantifier}.(${parts.join(",")})`);
}

function compare(column: string, key: string, value: unknown): Condition {
  const operator = operators[key] ?? key;
  if (value === null && (key === "eq" || key === "neq" || key === "distinctFrom"))
    return condition(column, key === "eq" ? "is.null" : "not.is.null");
  if (key === "in" || key === "notIn") {
    const members = asList(value, `${column}.${key}`).map((member) => quote(textOf(member, column)));
    return condition(column, `${operator}.(${members.join(",")})`);
  }
  const text = operandOf(key, value, column);
  return { name: column, value: `${operator}.${text}`, inner: `${column}.${operator}.${quote(text)}` };
}

function operandOf(key: string, value: unknown, column: string): string {
  if (key === "contains" || key === "containedBy" || key === "overlaps") {
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError(`where: '${column}.${key}' needs JSON.`);
    // Two braces alone are PostgREST's empty array.
    return json === "{}" ? "{ }" : json;
  }
  const text = textOf(value, column);
  // In an address a star is short for `%`: one that is meant as itself says so.
  return key === "like" || key === "ilike" ? text.replace(/\\[^]|\*/g, (part) => (part === "*" ? "\\*" : part)) : text;
}

/** Both forms are the same where no value ends them. */
function condition(name: string, value: string): Condition {
  return { name, value, inner: `${name}.${value}` };
}

/** Holds for no row. There is no empty `or` in the grammar, but there is an empty list. */
const nothing: Condition = condition("id", "in.()");

function group(operator: string, parts: readonly Condition[]): Condition {
  const value = `(${parts.map(({ inner }) => inner).join(",")})`;
  return { name: operator, value, inner: operator + value };
}

function all(parts: readonly Condition[]): Condition {
  if (parts.length === 0) return condition("id", "not.in.()");
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : group("and", parts);
}

function textOf(value: unknown, column: string): string {
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new TypeError(`where: '${column}' needs a text, a number, true, false or null, or an object of operators.`);
}

/** As it stands in parentheses. What could end it, or be taken for something else, is put in quotes. */
function quote(text: string): string {
  return /^[\w:@-][\w .:@-]*$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Plain ones alone: a `Date`, say, has no entries, and would be a filter that holds for every row. */
function isObject(value: unknown): value is Plain {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function asObject(value: unknown): Plain {
  if (isObject(value)) return value;
  throw new TypeError("where needs an object such as { stars: { gte: 4 } }.");
}

function asList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`where: '${name}' needs a list.`);
}
