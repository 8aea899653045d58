import type { ValueType } from "../model/value-type.ts";
import type { Kind } from "#contract";
import { kinds } from "#contract";
import { scaleOf } from "../expression/value-types.ts";

/** How a stored value is written inside JSON. */
export interface Rendering {
  readonly rendering: Kind["rendering"];
  /** Decimal alone: digits after the point. */
  readonly scale: number;
}

export function renderingOf(column: { readonly kind: Kind; readonly type: ValueType }): Rendering {
  return { rendering: column.kind.rendering, scale: scaleOf(column.type) };
}

/** That of a value which is no column's own. */
export function renderingOfType(type: ValueType): Rendering {
  return { rendering: kinds[type.scalar].rendering, scale: scaleOf(type) };
}
