import { applyOperator, constantOf } from "./build-value.ts";
import type { DateValue, TimestampValue } from "./value.ts";

/** The moment of the request, the same all through it. As a field's default (`.default(now)`): when the row is made. */
export function now(): TimestampValue {
  return applyOperator("now", []);
}

/** The day of the request in UTC. As a field's default (`.default(today)`): when the row is made. */
export function today(): DateValue {
  return applyOperator("cast", [now(), constantOf("date", { scalar: "text" })], "today");
}
