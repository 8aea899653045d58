import { kinds } from "#contract";
import type { Column, Expression } from "../expression/nodes.ts";
import type { Relation } from "./relation.ts";
import type { ValueType } from "./value-type.ts";

export type { Column } from "../expression/nodes.ts";
export type { Default, Limits, Reference } from "./constraints.ts";
export type { Junction, Relation } from "./relation.ts";
export type { ValueType } from "./value-type.ts";

/** A schema once it is checked and resolved: what every part below the definition works with. Read-only data. */
export interface Model {
  readonly tables: ReadonlyMap<string, Table>;
  /** The roles that rules may ask for. */
  readonly roles: readonly string[];
  /** The claims of an actor that rules may read. */
  readonly claims: ReadonlyMap<string, ValueType>;
  /** The type of `me.id`: that of `users.id` where there is such a table, else text. */
  readonly actorId: ValueType;
  /** Undefined where there are none. */
  readonly organisations?: Organisations | undefined;
}

/** The organisations that people belong to, and where it stands who does. */
export interface Organisations {
  /** Their table. Its rows have UUIDs. */
  readonly table: string;
  /** The table of the memberships: one row at the most for each organisation and user. */
  readonly members: string;
  /** Its columns: none is ever empty. `role` is an enum. */
  readonly organisation: string;
  readonly user: string;
  readonly role: string;
  /** The roles, the highest first: that of owners. */
  readonly roles: readonly string[];
}

export interface Table {
  readonly name: string;
  /** In the order of their definition, `id` first; computed ones too. Keyed by name. */
  readonly columns: ReadonlyMap<string, Column>;
  /** The primary key as people see it. The physical one is `rowKey`. */
  readonly key: Column;
  /**
   * The hidden integer column that numbers rows in the order of their arrival; `id` itself where that is an integer. It
   * breaks ties in every order, is the rowid that full-text search refers to, and is never selected.
   */
  readonly rowKey: string;
  /** Every way from a row of this table to rows of another, for embedding. More than one may share a target. */
  readonly relations: readonly Relation[];
  /** The relations that have a name of their own in expressions (`row.school`, `row.reviews`). Keyed by that name. */
  readonly relationsByName: ReadonlyMap<string, Relation>;
  readonly uniques: readonly Index[];
  readonly indexes: readonly Index[];
  readonly checks: readonly Check[];
  /** The columns that full-text search covers, in the order of their definition. */
  readonly searchColumns: readonly string[];
  /** Deleted rows stay, with the moment in `deleted`, and are not there for whoever does not ask for them. */
  readonly softDelete?: Keeping | undefined;
  /** Every version that a row has had stays in a table beside this one. */
  readonly history?: Keeping | undefined;
  /** Every change of a row is written into the audit log. */
  readonly audit?: boolean;
  /** Each row belongs to one tenant, and rules let nobody else near it. */
  readonly tenancy?: Tenancy | undefined;
}

/** How a row leads to its tenant. */
export interface Tenancy {
  /** References one after the other, one at least: the last leads to the tenant's row. None of them is ever empty. */
  readonly path: readonly Relation[];
}

/** The table of the tenants. */
export function tenantTable({ path }: Tenancy): string {
  const last = path.at(-1);
  if (last === undefined) throw new Error("A tenancy has a path.");
  return last.target;
}

/** How long something is kept: in milliseconds; undefined for until somebody removes it. */
export interface Keeping {
  readonly keep: number | undefined;
}

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface Check {
  readonly name: string;
  /** Over the scope `row`. Holds unless it is false: unknown passes, as in SQL. */
  readonly expression: Expression;
}

/** The table of that name, which the caller knows to exist. */
export function tableOf(model: Model, name: string): Table {
  const table = model.tables.get(name);
  if (table === undefined) throw new Error(`The model has no table '${name}'.`);
  return table;
}

/** The column of that name, which the caller knows to exist. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw new Error(`The table '${table.name}' has no column '${name}'.`);
  return column;
}

/** Columns that every table has and the server alone writes: when the row was made, when it last changed, how often (from 1). */
export const managedColumns: readonly string[] = ["created", "updated", "version"];

/** The column that a table with `softDelete` has besides: when the row was deleted, null while it is there. */
export const deletedColumn = "deleted";

/** Whether the server alone writes the column. */
export function isManaged(column: Column): boolean {
  const type = column.default?.type;
  return managedColumns.includes(column.name) || type === "deletion" || type === "account";
}

/** The hidden row number as a column that expressions can speak of. */
export function rowKeyColumn(table: Table): Column {
  return (
    table.columns.get(table.rowKey) ?? {
      name: table.rowKey,
      table: table.name,
      kind: kinds.integer,
      options: {},
      type: { scalar: "integer" },
      nullable: false,
      default: { type: "rowNumber" },
      limits: {},
      reference: undefined,
      immutable: true,
      secret: false,
      searchable: false,
      computed: undefined,
    }
  );
}
