import { compareText, type Expression } from "#database";

/** A constant of which it is known how it compares: exact numbers in steps of 10^-18, and what is compared as text. */
export interface KnownConstant {
  readonly number?: bigint;
  readonly text?: string;
}

const unit = 10n ** 18n;

export function constantOf(expression: Expression): KnownConstant | undefined {
  if (expression.type !== "constant" || expression.value === null) return undefined;
  const { value, valueType } = expression;
  switch (valueType.scalar) {
    case "integer":
      return { number: BigInt(value as number | bigint) * unit };
    case "decimal":
      return { number: BigInt(value as number | bigint) * 10n ** BigInt(18 - (valueType.scale ?? 2)) };
    case "bool":
      return { number: BigInt(Number(value)) * unit };
    case "real": {
      // Steps of 2^-10 are exact in both; finer ones are left alone.
      const steps = Number(value) * 1024;
      return Number.isSafeInteger(steps) ? { number: (BigInt(steps) * unit) / 1024n } : undefined;
    }
    case "text":
    case "timestamp":
    case "date":
      return { text: String(value) };
    default:
      return undefined;
  }
}

/** Negative, zero or positive; undefined for constants that do not compare. */
export function compareConstants(left: KnownConstant, right: KnownConstant): number | undefined {
  if (left.number !== undefined && right.number !== undefined)
    return left.number < right.number ? -1 : left.number > right.number ? 1 : 0;
  if (left.text !== undefined && right.text !== undefined) return compareText(left.text, right.text);
  return undefined;
}
