import fc from "fast-check";
import type { KindName } from "#contract";
import { type ColumnFixture, modelFixture, referenceTo, tableFixture } from "../model/model-fixtures.ts";
import type { Model } from "../model/model.ts";
import { uuid } from "./migration-fixtures.ts";

/** For tests: random schemas over the same few names, so that any two of them have much in common and much that differs. */
type Value = string | number | null;

const kindNames = [
  "text",
  "integer",
  "decimal",
  "real",
  "bool",
  "date",
  "timestamp",
  "enum",
  "json",
] as const satisfies readonly KindName[];

/** A value of a kind for a row, different for each row where the kind has so many, within every limit that schemas here can have. */
export function valueOf(kind: KindName, row: number): Value {
  switch (kind) {
    case "text":
      return `t${row}`;
    case "integer":
    case "decimal":
      return 10 + row;
    case "real":
      return row + 0.5;
    case "bool":
      return row % 2;
    case "date":
      return `2026-01-${String(1 + (row % 28)).padStart(2, "0")}`;
    case "timestamp":
      return `2026-01-01T00:00:00.${String(row).padStart(3, "0")}Z`;
    case "enum":
      return row % 2 === 0 ? "red" : "green";
    case "json":
      return `{"n":${row}}`;
    case "uuid":
      return uuid(row);
    default:
      return null;
  }
}

const columns: fc.Arbitrary<ColumnFixture> = fc.constantFrom(...kindNames).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    nullable: fc.boolean(),
    default: fc.option(
      fc.constantFrom({ type: "value" as const, value: valueOf(kind, 0) }, { type: "value" as const, value: valueOf(kind, 1) }),
      {
        nil: undefined,
        freq: 2,
      },
    ),
    limits:
      kind === "text"
        ? fc.record({ maxLength: fc.constantFrom(9, 20), minLength: fc.constantFrom(1, 2) }, { requiredKeys: [] })
        : kind === "integer"
          ? fc.record({ min: fc.constantFrom(0, 1), max: fc.constantFrom(1000, 5000) }, { requiredKeys: [] })
          : fc.constant({}),
    options:
      kind === "decimal"
        ? fc.constantFrom(2, 3).map((scale) => ({ precision: 12, scale }))
        : kind === "enum"
          ? fc.constantFrom(["red", "green"], ["red", "green", "blue"]).map((values) => ({ values }))
          : fc.constant({}),
    searchable: kind === "text" ? fc.boolean() : fc.constant(false),
  }),
);

const tableNames = ["ants", "bees", "cows"] as const;

const table = fc.record({
  columns: fc.dictionary(fc.constantFrom("p", "q", "r", "s"), columns, { minKeys: 1, maxKeys: 4 }),
  target: fc.option(
    fc.record({
      table: fc.constantFrom(...tableNames),
      onDelete: fc.constantFrom("restrict" as const, "cascade" as const, "set null" as const),
    }),
    { nil: undefined, freq: 2 },
  ),
  index: fc.option(fc.nat(3), { nil: undefined }),
  unique: fc.option(fc.nat(3), { nil: undefined, freq: 2 }),
  history: fc.boolean(),
});

/** Keys stay what they are: `ants` has numbers, the others UUIDs. */
export const schemas: fc.Arbitrary<Model> = fc
  .dictionary(fc.constantFrom(...tableNames), table, { minKeys: 1, maxKeys: 3 })
  .map((shapes) => {
    const there = new Set(Object.keys(shapes));
    return modelFixture(
      ...Object.entries(shapes).map(([name, { columns: own, target, index, unique, history }]) => {
        const id: Record<string, ColumnFixture> =
          name === "ants" ? { id: { kind: "integer", nullable: false, default: { type: "rowNumber" } } } : {};
        const reference: Record<string, ColumnFixture> =
          target === undefined || !there.has(target.table)
            ? {}
            : {
                ref: {
                  kind: target.table === "ants" ? "integer" : "uuid",
                  reference: referenceTo(name, "ref", target.table, target.onDelete),
                },
              };
        const names = Object.keys(own);
        const distinct = names.filter(
          (column) =>
            ["text", "integer", "decimal", "real", "timestamp"].includes(own[column]?.kind ?? "") &&
            own[column]?.default === undefined,
        );
        const uniqueColumn = unique === undefined ? undefined : distinct[unique % Math.max(distinct.length, 1)];
        const indexColumn = index === undefined ? undefined : names[index % names.length];
        return tableFixture(
          name,
          { ...id, ...own, ...reference },
          {
            uniques: uniqueColumn === undefined ? [] : [{ name: `${name}_${uniqueColumn}_key`, columns: [uniqueColumn] }],
            indexes: indexColumn === undefined ? [] : [{ name: `${name}_${indexColumn}_idx`, columns: [indexColumn] }],
            ...(history ? { history: { keep: undefined } } : {}),
          },
        );
      }),
    );
  });

/** Rows for every table of a schema; a column that may be empty is so in every third. */
export function rowsFor(model: Model, count: number): ReadonlyMap<string, readonly Readonly<Record<string, Value>>[]> {
  return new Map(
    [...model.tables.values()].map((one) => [
      one.name,
      Array.from({ length: count }, (_, row) =>
        Object.fromEntries(
          [...one.columns.values()].map((column) => {
            if (column.name === "id") return ["id", one.rowKey === "id" ? row + 1 : uuid(row + 1)];
            if (column.nullable && row % 3 === 0) return [column.name, null];
            if (column.reference !== undefined) return [column.name, column.kind.name === "integer" ? 1 : uuid(1)];
            return [column.name, valueOf(column.kind.name, row)];
          }),
        ),
      ),
    ]),
  );
}
