import { type KindName, kinds } from "#contract";
import type { Column, Model, Table, ValueType } from "./model.ts";

/** For tests: models written by hand, without the builder of schemas, which is another part's. */
export type ColumnFixture = Partial<Omit<Column, "kind">> & { readonly kind: KindName };

/** A column with nothing special about it but what is given. */
export function columnFixture(table: string, name: string, fixture: ColumnFixture): Column {
  const kind = kinds[fixture.kind];
  const type: ValueType =
    kind.scalar === "decimal" ? { scalar: "decimal", scale: fixture.options?.scale ?? 2 } : { scalar: kind.scalar };
  return {
    name,
    table,
    options: {},
    type,
    nullable: true,
    default: undefined,
    limits: {},
    reference: undefined,
    immutable: false,
    secret: false,
    searchable: false,
    computed: undefined,
    ...fixture,
    kind,
  };
}

/** A table whose key is a UUID, unless `columns` has an `id` of another kind. */
export function tableFixture(name: string, columns: Readonly<Record<string, ColumnFixture>>, rest: Partial<Table> = {}): Table {
  const id: ColumnFixture = { kind: "uuid", nullable: false, default: { type: "uuid" }, immutable: true };
  const all = Object.entries({ id, ...columns }).map(([column, fixture]) => columnFixture(name, column, fixture));
  const key = all.find((column) => column.name === "id") ?? columnFixture(name, "id", id);
  return {
    name,
    columns: new Map(all.map((column) => [column.name, column])),
    key,
    rowKey: key.kind.name === "integer" ? "id" : "_key",
    relations: [],
    relationsByName: new Map(),
    uniques: [],
    indexes: [],
    checks: [],
    searchColumns: all.filter((column) => column.searchable).map((column) => column.name),
    ...rest,
  };
}

export function modelFixture(...tables: readonly Table[]): Model {
  return {
    tables: new Map(tables.map((table) => [table.name, table])),
    roles: [],
    claims: new Map(),
    actorId: { scalar: "text" },
  };
}

/** A foreign key for a column fixture: `{ kind: "uuid", reference: referenceTo("reviews", "school", "schools") }`. */
export function referenceTo(
  table: string,
  column: string,
  target: string,
  onDelete: "restrict" | "cascade" | "set null" = "restrict",
): NonNullable<Column["reference"]> {
  return { table: target, onDelete, constraint: `${table}_${column}_fkey`, allowUnreadable: false };
}
