import { canonical } from "../../sqlite/definition/table-text.ts";
import { checkCondition } from "../schema-state.ts";

/**
 * Whether every value that the first check lets through passes the second, as far as that can be seen in the forms that columns
 * have: bounds, lengths, the members of an enum. False where it cannot be seen.
 */
export function isLooser(before: string, after: string): boolean {
  const [was, is] = [checkCondition(before), checkCondition(after)].map((text) =>
    text === undefined ? undefined : canonical(text),
  );
  if (was === undefined || is === undefined) return false;
  if (was === is) return true;
  // A column that may be empty now: the check says so, and nothing else changed.
  const optional = /^("(?:[^"]|"")*") IS NULL OR \( (.*) \)$/.exec(is);
  if (optional?.[2] === was) return true;
  const [left, right] = [readRange(was), readRange(is)];
  if (left !== undefined && right !== undefined) return left.of === right.of && right.min <= left.min && right.max >= left.max;
  const [few, many] = [readMembers(was), readMembers(is)];
  if (few !== undefined && many !== undefined)
    return few.of === many.of && few.members.every((member) => many.members.includes(member));
  return false;
}

interface Range {
  readonly of: string;
  readonly min: number;
  readonly max: number;
}

const subject = String.raw`("(?:[^"]|"")*"|length \( "(?:[^"]|"")*" \))`;
const number = String.raw`(- ?[\d.]+|[\d.]+)`;

function readRange(condition: string): Range | undefined {
  const between = new RegExp(`^${subject} BETWEEN ${number} AND ${number}$`).exec(condition);
  if (between !== null) return { of: between[1] ?? "", min: toNumber(between[2]), max: toNumber(between[3]) };
  const single = new RegExp(`^${subject} (>=|<=|=) ${number}$`).exec(condition);
  if (single === null) return undefined;
  const value = toNumber(single[3]);
  return {
    of: single[1] ?? "",
    min: single[2] === "<=" ? Number.NEGATIVE_INFINITY : value,
    max: single[2] === ">=" ? Number.POSITIVE_INFINITY : value,
  };
}

function toNumber(text: string | undefined): number {
  return Number((text ?? "").replaceAll(" ", ""));
}

function readMembers(condition: string): { readonly of: string; readonly members: readonly string[] } | undefined {
  const match = /^("(?:[^"]|"")*") IN \( (.*) \)$/.exec(condition);
  if (match === null) return undefined;
  // Members are written as literals; those with signs that SQL must call a function for are compared as they stand.
  return { of: match[1] ?? "", members: (match[2] ?? "").match(/'(?:[^']|'')*'|[^',\s][^,]*/g) ?? [] };
}
