import type { Kind, KindOptions, Stored } from "#contract";
import type { Default, Limits, Reference } from "../model/constraints.ts";
import type { Relation } from "../model/relation.ts";
import type { ValueType } from "../model/value-type.ts";
import type { FactName } from "./fact-name.ts";
import type { OperatorName } from "./operators.ts";

/**
 * The one tree behind filters, rules, computed columns, checks and live predicates. Readonly data; two interpreters read it:
 * `evaluate` (the specification) and `compileExpression` (SQL). Three-valued where SQL is: a value may be null, a truth
 * may be unknown. A rule or a filter lets a row through when it is true, and not when it is unknown.
 */
export type Expression =
  | Constant
  | Slot
  | ActorFact
  | RoleTest
  | ColumnValue
  | Call
  | Exists
  | Aggregate
  | JsonAccess
  | SearchMatch
  | When;

/** A value that the definition fixes. */
export interface Constant {
  readonly type: "constant";
  readonly value: Stored;
  readonly valueType: ValueType;
}

/** A value of the request: the same tree serves every request of the same shape. */
export interface Slot {
  readonly type: "slot";
  /** Its place in the request's list of values. */
  readonly index: number;
  readonly valueType: ValueType;
  /** A JSON list of values of that type instead of one: for `in`. */
  readonly list: boolean;
}

/** A fact about who is asking; null for nobody, and for a claim that is missing or of another type. */
export interface ActorFact {
  readonly type: "actor";
  readonly fact: FactName;
  readonly valueType: ValueType;
}

/** True or false, never unknown: is anybody asking (`role` undefined), or somebody with that role. */
export interface RoleTest {
  readonly type: "role";
  readonly role: string | undefined;
}

/** A row within reach of the expression: one in scope, or what a to-one relation leads to (all null where it leads nowhere). */
export type RowReference =
  | { readonly type: "scope"; readonly name: string }
  | { readonly type: "through"; readonly from: RowReference; readonly relation: Relation };

export interface ColumnValue {
  readonly type: "column";
  readonly row: RowReference;
  readonly column: Column;
}

/** An operator of the table in operators.ts with its arguments. */
export interface Call {
  readonly type: "call";
  readonly operator: OperatorName;
  readonly arguments: readonly Expression[];
}

/** True where some row of a to-many relation makes `where` true, else false; never unknown. none and every are built on it. */
export interface Exists {
  readonly type: "exists";
  readonly row: RowReference;
  readonly relation: Relation;
  /** The name by which `where` speaks of the related row: unique within the tree. */
  readonly scope: string;
  readonly where: Expression | undefined;
}

/** Over the rows of a to-many relation for which `where` is true: SQL's meaning (null over no rows, count 0). */
export interface Aggregate {
  readonly type: "aggregate";
  readonly function: "count" | "sum" | "avg" | "min" | "max";
  readonly row: RowReference;
  readonly relation: Relation;
  readonly scope: string;
  /** Undefined for count of rows. */
  readonly value: Expression | undefined;
  readonly where: Expression | undefined;
  readonly valueType: ValueType;
}

/** A step into a JSON value; a missing key or an index past the end gives null. */
export interface JsonAccess {
  readonly type: "json";
  readonly value: Expression;
  readonly path: readonly (string | number)[];
  /** As text (PostgreSQL's `->>`) instead of as JSON (`->`). JSON null as text is null. */
  readonly asText: boolean;
}

/** Full-text search over the searchable columns named, in a row that is in scope. */
export interface SearchMatch {
  readonly type: "search";
  readonly row: RowReference;
  readonly table: string;
  readonly columns: readonly string[];
  /** A slot or constant of type text in the syntax below. */
  readonly query: Expression;
  /** PostgreSQL's four: to_tsquery, plainto_tsquery, phraseto_tsquery, websearch_to_tsquery. */
  readonly syntax: "fts" | "plfts" | "phfts" | "wfts";
}

/** `then` where `condition` is true, else `otherwise`, else null: how a field that a row hides from the actor is read. */
export interface When {
  readonly type: "when";
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression | undefined;
}

/** A column of a table. It stands beside the expressions, because each speaks of the other: a computed column is one. */
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
