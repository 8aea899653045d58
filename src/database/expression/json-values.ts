import type { Json } from "#contract";
import { compareText } from "./text.ts";

/** JSON values as PostgreSQL's jsonb knows them: their equality, order and containment. All take JSON text. */

type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json): value is JsonObject => value !== null && typeof value === "object" && !Array.isArray(value);
const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

const parse = (text: string): Json => JSON.parse(text) as Json;

/** Text that two JSON values share exactly when they are equal: keys in order, numbers in one spelling. */
export function canonicalJson(text: string): string {
  return JSON.stringify(sortKeys(parse(text)));
}

function sortKeys(value: Json): Json {
  if (isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  // Without a prototype, so that a key `__proto__` is a key like others.
  const sorted: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const key of Object.keys(value).sort(compareText)) sorted[key] = sortKeys(value[key] ?? null);
  return sorted;
}

/** Object > array > boolean > number > string > null; the longer object or array is greater. */
export function compareJson(left: string, right: string): number {
  return Math.sign(compare(parse(left), parse(right)));
}

function rank(value: Json): number {
  if (value === null) return 0;
  if (typeof value === "string") return 1;
  if (typeof value === "number") return 2;
  if (typeof value === "boolean") return 3;
  return isArray(value) ? 4 : 5;
}

function compare(left: Json, right: Json): number {
  const difference = rank(left) - rank(right);
  if (difference !== 0) return difference;
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  if (isArray(left) && isArray(right)) return left.length - right.length || compareAll(left, right);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
  return Number(left) - Number(right) || 0;
}

function compareAll(left: readonly Json[], right: readonly Json[]): number {
  for (const [index, item] of left.entries()) {
    const order = compare(item, right[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareObjects(left: JsonObject, right: JsonObject): number {
  const [leftKeys, rightKeys] = [Object.keys(left).sort(compareText), Object.keys(right).sort(compareText)];
  if (leftKeys.length !== rightKeys.length) return leftKeys.length - rightKeys.length;
  return (
    compareAll(leftKeys, rightKeys) ||
    compareAll(
      leftKeys.map((key) => left[key] ?? null),
      rightKeys.map((key) => right[key] ?? null),
    )
  );
}

/** PostgreSQL's `left @> right`: an array contains the elements of another in any order, and a lone primitive. */
export function containsJson(left: string, right: string): boolean {
  const [outer, inner] = [parse(left), parse(right)];
  if (isArray(outer) && !isArray(inner) && !isObject(inner)) return outer.some((item) => isEqual(item, inner));
  return contains(outer, inner);
}

function contains(outer: Json, inner: Json): boolean {
  if (isArray(inner)) {
    return isArray(outer) && inner.every((wanted) => outer.some((item) => contains(item, wanted)));
  }
  if (isObject(inner)) {
    return (
      isObject(outer) &&
      Object.keys(inner).every((key) => Object.hasOwn(outer, key) && contains(outer[key] ?? null, inner[key] ?? null))
    );
  }
  return isEqual(outer, inner);
}

function isEqual(left: Json, right: Json): boolean {
  return compare(left, right) === 0;
}

/** Whether two arrays have an element in common; false where one of them is no array. */
export function overlapsJson(left: string, right: string): boolean {
  const [a, b] = [parse(left), parse(right)];
  return isArray(a) && isArray(b) && a.some((item) => b.some((other) => isEqual(item, other)));
}

/** The value at a path, as JSON text; null where there is none. A negative index counts from the end. */
export function jsonAt(text: string, path: readonly (string | number)[]): string | null {
  let value: Json = parse(text);
  for (const step of path) {
    if (typeof step === "number") {
      const item: Json | undefined = isArray(value) ? value.at(step) : undefined;
      if (item === undefined) return null;
      value = item;
    } else {
      if (!isObject(value) || !Object.hasOwn(value, step)) return null;
      value = value[step] ?? null;
    }
  }
  return JSON.stringify(value);
}

/** A JSON value as text: a string without its quotes, JSON null as null, all else as JSON. */
export function jsonText(text: string | null): string | null {
  if (text === null || text === "null") return null;
  return text.startsWith('"') ? (parse(text) as string) : text;
}
