import type { Scalar, Stored } from "#contract";
import type { Constant, Expression, RowReference } from "../expression/expression.ts";
import type { Value } from "../expression/values.ts";
import { columnFixture, modelFixture, tableFixture } from "../model/model-fixtures.ts";
import type { Model, Relation, Table, ValueType } from "../model/model.ts";
import { compareInterpreters } from "./compare-interpreters.ts";
import type { World } from "./property-world.ts";

/** For tests: two tables, two rows, and short ways to write expressions over them. */

export const row: RowReference = { type: "scope", name: "row" };
export const owner: Relation = {
  name: "owner",
  table: "items",
  target: "people",
  cardinality: "one",
  column: "owner",
  targetColumn: "id",
  constraint: "items_owner_fkey",
  foreignColumn: "owner",
  junction: undefined,
};
export const items: Relation = {
  name: "items",
  table: "people",
  target: "items",
  cardinality: "many",
  column: "id",
  targetColumn: "owner",
  constraint: "items_owner_fkey",
  foreignColumn: "owner",
  junction: undefined,
};
export const people: Table = tableFixture("people", { name: { kind: "text" } }, { relations: [items] });
export const table: Table = tableFixture("items", {
  owner: {
    kind: "uuid",
    reference: { table: "people", onDelete: "restrict", constraint: "items_owner_fkey", allowUnreadable: false },
  },
  title: { kind: "text", searchable: true },
  data: { kind: "json" },
  size: { kind: "integer" },
});
export const model: Model = modelFixture(people, { ...table, relations: [owner] });

/** A row with an owner and one without. */
export const world: World = {
  model,
  rows: new Map([
    ["people", [{ id: "p1", name: "Ann" }]],
    [
      "items",
      [
        { id: "i1", owner: "p1", title: "Red fish", data: '{"a":{"b\\"c":[1,"x"]},"t":true,"n":null}', size: 7 },
        { id: "i2", owner: null, title: null, data: null, size: null },
      ],
    ],
  ]),
  actor: { signedIn: true, id: "p1", roles: ["editor"], claims: {} },
  now: "2026-11-25T18:00:00.000Z",
};

export const column = (name: string, of = table, at: RowReference = row): Expression => ({
  type: "column",
  row: at,
  column: of.columns.get(name) ?? columnFixture(of.name, name, { kind: "text" }),
});
export const typed = (valueType: ValueType, value: Stored): Constant => ({ type: "constant", value, valueType });
type Make = (value: Stored) => Constant;
const make =
  (scalar: Scalar): Make =>
  (value: Stored) =>
    typed({ scalar }, value);
export const text: Make = make("text");
export const integer: Make = make("integer");
export const real: Make = make("real");
export const bool: Make = make("bool");
export const json: Make = make("json");
export const timestamp: Make = make("timestamp");
export const date: Make = make("date");
export const bytes: Make = make("bytes");
export const decimal = (value: Stored, scale = 2): Constant => typed({ scalar: "decimal", scale }, value);
export const slot = (scalar: Scalar, list = false, index = 0): Expression => ({
  type: "slot",
  index,
  valueType: scalar === "decimal" ? { scalar, scale: 2 } : { scalar },
  list,
});

/** The value of an expression over the first row, after both interpreters agreed on it over both. */
export function valueOf(expression: Expression, ...slots: readonly Stored[]): Value | undefined {
  return compareInterpreters(world, expression, slots)[0];
}
