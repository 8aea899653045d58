import type { Scalar } from "#contract";

/** The type of a value inside an expression. */
export interface ValueType {
  readonly scalar: Scalar;
  /** Decimal alone: digits after the point. */
  readonly scale?: number;
}
