import type { Stored } from "#contract";
import type { Column } from "#database";

const patterns = new WeakMap<object, RegExp>();

/** What of a column's limits a stored value breaks, in words that follow the field's name; undefined where it keeps them all. */
export function brokenLimit(column: Column, value: Exclude<Stored, null>): string | undefined {
  const { min, max, minLength, maxLength, pattern } = column.limits;
  const show = (limit: Stored): string =>
    limit === null ? "" : JSON.stringify(column.kind.toJson(limit, column.options)).replaceAll('"', "");
  if (min !== undefined && min !== null && value < min) return `must be at least ${show(min)}`;
  if (max !== undefined && max !== null && value > max) return `must be at most ${show(max)}`;
  if ((minLength !== undefined || maxLength !== undefined) && !isSurelyWithin(value, minLength, maxLength)) {
    const length = lengthOf(value);
    const unit = typeof value === "string" ? "character" : "byte";
    const long = (limit: number): string => `${limit} ${unit}${limit === 1 ? "" : "s"} long`;
    if (minLength !== undefined && length < minLength) return `must be at least ${long(minLength)}`;
    if (maxLength !== undefined && length > maxLength) return `must be at most ${long(maxLength)}`;
  }
  if (pattern !== undefined && !compiled(pattern).test(String(value))) return `must match the pattern ${pattern.source}`;
  return undefined;
}

/** Of a text without counting: n units of UTF-16 are n code points at the most, and half as many at the least. */
function isSurelyWithin(value: Exclude<Stored, null>, least = 0, most = Number.POSITIVE_INFINITY): boolean {
  return typeof value === "string" && value.length <= most && value.length >= least * 2;
}

/** Code points of a text, bytes of a blob: what the database's length() counts. */
function lengthOf(value: Exclude<Stored, null>): number {
  if (value instanceof Uint8Array) return value.length;
  let length = 0;
  for (const _ of String(value)) length++;
  return length;
}

function compiled(pattern: { readonly source: string; readonly flags: string }): RegExp {
  let expression = patterns.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
    patterns.set(pattern, expression);
  }
  return expression;
}
