import type { PulledCheck } from "./pulled-schema.ts";

type Comparable = Readonly<Record<string, (other: unknown) => unknown>>;

/** `row.to.gte(row.from)`, of a check as data. */
export function conditionMethod(row: unknown, { left, operator, right }: PulledCheck): unknown {
  const values = row as Readonly<Record<string, Comparable>>;
  return values[left]?.[operator]?.(values[right]);
}
