import { AppError, type Parsed, type Stored } from "#contract";
import type { ValueIndex } from "./query.ts";

/** Turns one value as the caller wrote it into what the statement's parameter holds; throws `AppError` where it cannot. */
export type SlotParser = (value: unknown) => Stored;

interface SlotSource {
  readonly value: ValueIndex;
  /** The member of a list; undefined for the whole value. */
  readonly element: number | undefined;
  readonly parse: SlotParser;
}

/**
 * The parameters that a compiled query takes from its request. Kept with the statement, so that a later request of the same
 * shape is parsed by them without being resolved again.
 */
export class Slots {
  readonly #sources: SlotSource[] = [];

  /** The number of a new slot. */
  add(value: ValueIndex, parse: SlotParser, element?: number): number {
    return this.#sources.push({ value, element, parse }) - 1;
  }

  read(values: readonly unknown[]): readonly Stored[] {
    return this.#sources.map(({ value, element, parse }) => {
      const given = values[value];
      return parse(element === undefined ? given : (given as readonly unknown[])[element]);
    });
  }
}

/** A parser that speaks of `name` when the value has the wrong form. */
export function named(name: string, parse: (value: unknown) => Parsed): SlotParser {
  return (value) => {
    const parsed = parse(value);
    if (parsed.ok) return parsed.value;
    throw new AppError("invalidValue", { message: `The value for '${name}' ${parsed.message}.` });
  };
}

/** A list of stored values as the JSON text that a list slot takes. Integers keep all their digits. */
export function listText(items: readonly Stored[]): string {
  return `[${items.map((item) => (typeof item === "bigint" ? item.toString() : JSON.stringify(item))).join(",")}]`;
}
