import type { ValueType } from "../../model/value-type.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { raw, type Sql, sql } from "../../sql/sql.ts";
import { isSameType, scaleOf } from "../value-types.ts";
import { powerOfTen } from "../values.ts";

/** SQL of `widen`: for comparisons, which may leave the range of 64 bits and stay right. */
export function widened(value: Sql, from: ValueType, to: ValueType, dialect: Dialect): Sql {
  if (isSameType(from, to) || (from.scalar === to.scalar && from.scalar !== "decimal")) return value;
  if (to.scalar === "real") {
    const scale = scaleOf(from);
    return scale === 0 ? dialect.toReal(value) : sql`(${dialect.toReal(value)} / ${raw(`${powerOfTen(scale)}.0`)})`;
  }
  const steps = scaleOf(to) - scaleOf(from);
  return to.scalar === "decimal" && steps > 0 ? sql`(${value} * ${raw(String(powerOfTen(steps)))})` : value;
}

/** SQL of `widenInRange`: for values that an expression gives. */
export function converted(value: Sql, from: ValueType, to: ValueType, dialect: Dialect): Sql {
  const wide = widened(value, from, to, dialect);
  return wide === value || to.scalar !== "decimal" ? wide : dialect.integerInRange(wide);
}
