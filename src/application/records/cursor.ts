import { AppError, type Stored } from "#contract";
import { expressions, type OrderPlan, rowKeyColumn, type Seek, type SelectPlan } from "#database";
import type { Seal } from "./seal.ts";
import type { Slots } from "./slots.ts";

const { column, scope } = expressions;

/**
 * A place between two rows of an ordered read: the order's values of the row before it, and that row's number. Pages
 * that start from it neither skip nor repeat a row, whatever was inserted or deleted meanwhile (keyset pagination). It crosses the
 * wire sealed: row numbers would tell how many rows there are that its holder may not see.
 */
export interface Cursor {
  readonly values: readonly Stored[];
}

/** The order of a read made total: rows that are otherwise equal follow their number, in the direction of the last term. */
export function totalOrder(plan: SelectPlan): readonly OrderPlan[] {
  const key = rowKeyColumn(plan.table);
  return [
    ...plan.order,
    {
      value: column(scope(plan.scope), key),
      valueType: key.type,
      direction: plan.order.at(-1)?.direction ?? "asc",
      nulls: "last",
      nullable: false,
    },
  ];
}

/** Ties a cursor to its table and order: with another it would silently mean something else. */
export function orderName(table: string, order: readonly OrderPlan[], shape: unknown): string {
  return JSON.stringify([table, order.map(({ direction, nulls, valueType }) => [direction, nulls, valueType.scalar]), shape]);
}

export function encodeCursor(seal: Seal, order: string, values: readonly Stored[]): string {
  const plain = values.map((value) => (typeof value === "bigint" ? { integer: value.toString() } : value));
  return seal.close(JSON.stringify(plain), order);
}

/** Refuses whatever this server did not make for this order. */
export function decodeCursor(seal: Seal, text: string, name: string, order: readonly OrderPlan[]): Cursor {
  const refuse = (): never => {
    throw new AppError("invalidCursor", {
      hint: "Use the cursor of the page before, with the same order; leave 'after' empty for the first page.",
    });
  };
  const opened = text.length > maxCursorLength ? undefined : seal.open(text, name);
  const parsed: unknown = opened === undefined ? undefined : JSON.parse(opened);
  if (!Array.isArray(parsed) || parsed.length !== order.length) return refuse();
  const values = order.map((term, index): Stored => {
    const value: unknown = parsed[index];
    return value === null ? null : (storedOf(term, value) ?? refuse());
  });
  return { values };
}

const maxCursorLength = 8192;

function storedOf(term: OrderPlan, value: unknown): Stored | undefined {
  switch (term.valueType.scalar) {
    case "text":
    case "timestamp":
    case "date":
      return typeof value === "string" && value.isWellFormed() && !value.includes("\u0000") ? value : undefined;
    case "real":
      return typeof value === "number" ? value : undefined;
    case "integer":
    case "decimal":
    case "bool": {
      if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
      const digits = typeof value === "object" && value !== null && "integer" in value ? value.integer : undefined;
      if (typeof digits !== "string" || !/^-?\d{1,19}$/.test(digits)) return undefined;
      const integer = BigInt(digits);
      return BigInt.asIntN(64, integer) === integer ? integer : undefined;
    }
    default:
      return undefined;
  }
}

/** Which of a cursor's values are null: it decides the condition's form, so it belongs to the query's shape. */
export function nullPattern(cursor: Cursor): string {
  return cursor.values.map((value) => (value === null ? "n" : "v")).join("");
}

/** The rows that come after the cursor. `first` is the number of the cursor's first value among the request's values. */
export function seekAfter(order: readonly OrderPlan[], cursor: Cursor, slots: Slots, first: number): Seek {
  return {
    order,
    slots: cursor.values.map((value, index) =>
      value === null ? undefined : slots.add(first + index, (given) => given as Stored),
    ),
  };
}
