import { type Kind, type KindOptions, kinds, type Scalar, type Stored } from "#contract";
import type { Expression } from "../expression/expression.ts";

/** A schema once it is checked and resolved: what every part below the definition works with. Read-only data. */
export interface Model {
  readonly tables: ReadonlyMap<string, Table>;
  /** The roles that rules may ask for. */
  readonly roles: readonly string[];
  /** The claims of an actor that rules may read. */
  readonly claims: ReadonlyMap<string, ValueType>;
  /** The type of `me.id`: that of `users.id` where there is such a table, else text. */
  readonly actorId: ValueType;
}

/** The type of a value inside an expression. */
export interface ValueType {
  readonly scalar: Scalar;
  /** Decimal alone: digits after the point. */
  readonly scale?: number;
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

export interface Column {
  readonly name: string;
  /** The table's name. */
  readonly table: string;
  readonly kind: Kind;
  readonly options: KindOptions;
  readonly type: ValueType;
  readonly nullable: boolean;
  readonly default: Default | undefined;
  readonly limits: Limits;
  readonly reference: Reference | undefined;
  /** Set when the row is made and never changed after. */
  readonly immutable: boolean;
  /** Written by the caller, read by nobody through the API: not selected, filtered, ordered or returned. */
  readonly secret: boolean;
  readonly searchable: boolean;
  /** Present on a computed column: not stored, not writable. Over the scope `row`. */
  readonly computed: Expression | undefined;
}

/** What a column holds when an insert leaves it out; `increment` and `touch` also on every update. */
export type Default =
  | { readonly type: "value"; readonly value: Stored }
  | { readonly type: "uuid" }
  | { readonly type: "rowNumber" }
  | { readonly type: "now" }
  | { readonly type: "today" }
  | { readonly type: "actor" }
  | { readonly type: "touch" }
  | { readonly type: "increment" };

/** Bounds of a value, each undefined where there is none. Lengths count code points (bytes for `bytes`). */
export interface Limits {
  readonly min?: Stored;
  readonly max?: Stored;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A JavaScript regular expression that some part of the text must match. */
  readonly pattern?: { readonly source: string; readonly flags: string };
}

export interface Reference {
  readonly table: string;
  readonly onDelete: "restrict" | "cascade" | "set null";
  /** The foreign key's name: `<table>_<column>_fkey`. */
  readonly constraint: string;
  /**
   * By default a caller may only refer to a row that they may read (or to themselves): otherwise a foreign key tells
   * whether a row exists that they may not see. True lifts that.
   */
  readonly allowUnreadable: boolean;
}

export interface Relation {
  /** As expressions and the typed client know it; undefined where two relations would share one (see `.inverse()`). */
  readonly name: string | undefined;
  readonly table: string;
  readonly target: string;
  readonly cardinality: "one" | "many";
  /** The joined columns: `table.column = target.targetColumn`. With a junction: each equals a column of the junction. */
  readonly column: string;
  readonly targetColumn: string;
  /** The foreign key that makes this relation; for a junction, the one that points to `table`. */
  readonly constraint: string;
  /** The referring column, whichever side it is on: what a hint (`target!column`) names. */
  readonly foreignColumn: string;
  /** Many-to-many alone. */
  readonly junction: Junction | undefined;
}

export interface Junction {
  readonly table: string;
  /** Refers to the near table. */
  readonly column: string;
  /** Refers to the target. */
  readonly targetColumn: string;
  /** The foreign key that points to the target. */
  readonly targetConstraint: string;
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

export function isManaged(column: Column): boolean {
  return managedColumns.includes(column.name);
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
