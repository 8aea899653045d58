import type { Stored } from "#contract";
import type { Column, Expression, ValueType } from "#database";
import { someNode } from "../rewrite.ts";

/** Values worth trying, by type: those that the rules compare with, their neighbours, and a few others. */
export class ExampleValues {
  readonly #byType = new Map<string, Stored[]>();

  constructor(expressions: readonly Expression[]) {
    for (const expression of expressions)
      someNode(expression, (part) => {
        if (part.type === "constant" && part.value !== null) this.#add(part.value, part.valueType);
        return false;
      });
  }

  #add(value: Stored, { scalar, scale = 2 }: ValueType): void {
    const add = (type: string, ...values: readonly Stored[]): void => {
      const known = this.#byType.get(type) ?? [];
      this.#byType.set(type, [...new Set([...known, ...values])]);
    };
    if (scalar === "integer" || scalar === "decimal" || scalar === "real") {
      const number = scalar === "decimal" ? Number(value) / 10 ** scale : Number(value);
      for (const near of [number - 1, number - 0.25, number, number + 0.25, number + 1]) {
        add("real", near);
        if (Number.isSafeInteger(Math.round(near))) add("integer", Math.round(near));
        add("decimal", near);
      }
    } else if (scalar === "timestamp" || scalar === "date") {
      const moment = Date.parse(String(value));
      for (const near of [moment - 86_400_000, moment, moment + 86_400_000]) {
        const text = new Date(near).toISOString();
        add("timestamp", text);
        add("date", text.slice(0, 10));
      }
      add(scalar, value);
    } else if (scalar === "text") add("text", value, `${String(value)}x`, String(value).replaceAll(/[%_]/g, "a"));
    else add(scalar, value);
  }

  of(type: ValueType, column?: Column): readonly Stored[] {
    const { scalar, scale = 2 } = type;
    if (column?.options.values !== undefined) return column.options.values;
    const found = this.#byType.get(scalar) ?? [];
    switch (scalar) {
      case "bool":
        return [0, 1];
      case "integer":
        return [...found, 0, 1, 2];
      case "decimal":
        return [...found, 0, 1].map((value) => BigInt(Math.round(Number(value) * 10 ** scale)));
      case "real":
        return [...found, 0, 1.5];
      case "text":
        return [...found, "a", "b"];
      case "timestamp":
        return [...found, "2000-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z"];
      case "date":
        return [...found, "2000-01-01", "2026-01-01", "2100-01-01"];
      case "json":
        return [...found, "null", "{}", "[]", '{"a":1}'];
      case "bytes":
        return [...found, new Uint8Array(), Uint8Array.of(1)];
    }
  }
}
