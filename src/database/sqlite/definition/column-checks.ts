import type { KindName, KindOptions } from "#contract";
import type { Column } from "../../model/model.ts";
import { functionNames } from "../dialect/functions.ts";
import { literal, quoteName } from "../dialect/literals.ts";

/** One CHECK on one column: `rule` ends its name (`<table>_<column>_<rule>`). Holds for NULL, as CHECK does. */
export interface ColumnCheck {
  readonly rule: "form" | "min" | "max" | "length" | "pattern";
  readonly condition: string;
}

type Form = (name: string, options: KindOptions) => string;

/** No U+0000: SQLite's own length() and many clients stop there, PostgreSQL refuses it. */
const cleanText: Form = (name) => `instr(${name}, char(0)) = 0`;
const hex = (digits: number): string => "[0-9a-f]".repeat(digits);
const uuidGlob = [8, 4, 4, 4, 12].map(hex).join("-");

/**
 * What makes a value one of its kind, beyond the column's type in a STRICT table (which alone keeps text out of numbers, fractions
 * out of integers and bytes out of text): the stored forms of the table of kinds, to the letter.
 */
const forms: { readonly [K in KindName]: Form | undefined } = {
  uuid: (name) => `${name} GLOB '${uuidGlob}'`,
  text: cleanText,
  secret: cleanText,
  email: (name) => `chassis_form('email', ${name})`,
  url: (name) => `chassis_form('url', ${name})`,
  enum: (name, { values = [] }) => `${name} IN (${values.map(literal).join(", ")})`,
  // What JavaScript and JSON carry without loss.
  integer: (name) => `${name} BETWEEN -9007199254740991 AND 9007199254740991`,
  decimal: (name, { precision = 18 }) => `${name} BETWEEN -${"9".repeat(precision)} AND ${"9".repeat(precision)}`,
  // 9e999 is how SQLite writes infinity. NaN is stored as NULL.
  real: (name) => `${name} > -9e999 AND ${name} < 9e999`,
  bool: (name) => `${name} IN (0, 1)`,
  // A day that the calendar does not have comes back as another; the hour 24, which no calendar has, comes back as it is.
  timestamp: (name) =>
    `length(${name}) = 24 AND ${name} >= '0001' AND substr(${name}, 12, 2) < '24' AND ${name} IS strftime('%Y-%m-%dT%H:%M:%fZ', ${name})`,
  date: (name) => `length(${name}) = 10 AND ${name} >= '0001' AND ${name} IS date(${name})`,
  json: (name) => `json_valid(${name}) AND instr(${name}, char(0)) = 0 AND instr(${name}, '\\u0000') = 0`,
  bytes: undefined,
};

/** All checks of a column, its kind's first. */
export function columnChecks(column: Column): readonly ColumnCheck[] {
  const name = quoteName(column.name);
  const { min, max, minLength, maxLength, pattern } = column.limits;
  const checks: ColumnCheck[] = [];
  const form = forms[column.kind.name]?.(name, column.options);
  // What is kept of a secret is another text: its own limits are held before it is encrypted.
  if (column.secret) return form === undefined ? [] : [{ rule: "form", condition: holdsForNull(name, column, form) }];
  if (form !== undefined) checks.push({ rule: "form", condition: holdsForNull(name, column, form) });
  if (min !== undefined) checks.push({ rule: "min", condition: `${name} >= ${literal(min)}` });
  if (max !== undefined) checks.push({ rule: "max", condition: `${name} <= ${literal(max)}` });
  const length = lengthCondition(`length(${name})`, minLength, maxLength);
  if (length !== undefined) checks.push({ rule: "length", condition: length });
  if (pattern !== undefined) {
    const call = `${functionNames.pattern}(${name}, ${literal(pattern.source)}, ${literal(pattern.flags)})`;
    checks.push({ rule: "pattern", condition: call });
  }
  return checks;
}

/** IS and `chassis_form` answer false for NULL, where every other comparison is unknown and passes. */
function holdsForNull(name: string, column: Column, form: string): string {
  return column.nullable && / IS |^chassis_/.test(form) ? `${name} IS NULL OR (${form})` : form;
}

function lengthCondition(length: string, min: number | undefined, max: number | undefined): string | undefined {
  if (min !== undefined && max !== undefined) return min === max ? `${length} = ${min}` : `${length} BETWEEN ${min} AND ${max}`;
  if (min !== undefined) return `${length} >= ${min}`;
  return max === undefined ? undefined : `${length} <= ${max}`;
}
