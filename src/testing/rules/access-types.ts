import type { AnySchema, HasHistory, Insert, KeySpec, RoleName, Row, SignatureMap, TableName, Update } from "#application";
import type { Somebody, TestActor } from "../actors.ts";

/** A row that is there: as it was made or read, or its id. */
export type RowOf<S extends AnySchema, T extends TableName<S>> = { readonly id: KeySpec<S, T>["json"] } | KeySpec<S, T>["json"];

/** Something that one may be allowed to do with the rows of one table. */
type TableDeed<S extends AnySchema, T extends TableName<S>> =
  | {
      readonly can: "read" | (HasHistory<S, T> extends true ? "history" : never);
      readonly table: T;
      readonly row: RowOf<S, T>;
      /** This field of it, and not only the row. */
      readonly field?: keyof Row<S, T> & string;
    }
  | {
      readonly can: "update";
      readonly table: T;
      readonly row: RowOf<S, T>;
      readonly field?: keyof Update<S, T> & string;
      /** What is changed. Left out, one field (the one named) is written as it is, so that no other limit stands in the way. */
      readonly set?: Update<S, T>;
    }
  | { readonly can: "delete"; readonly table: T; readonly row: RowOf<S, T> }
  | { readonly can: "create"; readonly table: T; readonly row: Insert<S, T> };

type CallDeed<F extends SignatureMap> = {
  readonly [N in keyof F & string]: { readonly can: "call"; readonly function: N; readonly input?: F[N]["input"] };
}[keyof F & string];

/** Something that one may be allowed to do: `{ can: "update", table: "reviews", row: review }`. */
export type Deed<S extends AnySchema, F extends SignatureMap> =
  | { readonly [T in TableName<S>]: TableDeed<S, T> }[TableName<S>]
  | CallDeed<F>;

/** Somebody, or everybody who has these roles. */
export type Who<S extends AnySchema> =
  | Somebody<S>
  | { readonly roles: readonly RoleName<S>[]; readonly claims?: TestActor<S>["claims"] };

/** One of them, or several. */
export type Whoever<S extends AnySchema> = Who<S> | readonly Who<S>[];

/** Who may do what, tried. */
export interface AccessAssertions<S extends AnySchema, F extends SignatureMap> {
  /**
   * Throws unless those named can do it and nobody else can. Who is named with roles stands for everybody who has these roles, null for
   * everybody without signing in. It is really tried, and undone, as nobody, as a stranger, as one with each role, as everybody in `users` and
   * whoever `as` was called for; and the rules are searched for others whom they would let do it with this row.
   */
  assertOnly(deed: Deed<S, F> & { readonly as: Whoever<S> }): Promise<void>;
  /** Throws unless each of them can. It is really tried, and undone. */
  assertCan(deed: Deed<S, F> & { readonly as: Whoever<S> }): Promise<void>;
  /** Throws if one of them can. */
  assertCannot(deed: Deed<S, F> & { readonly as: Whoever<S> }): Promise<void>;
  /** Throws if one of them is told anything of the row, or of the field: by reading, filtering, counting, or by trying to change or delete it. */
  assertHidden<T extends TableName<S>>(what: {
    readonly table: T;
    readonly row: RowOf<S, T>;
    readonly field?: keyof Row<S, T> & string;
    readonly from: Whoever<S>;
  }): Promise<void>;
  readonly rules: {
    /** Who may do what, as a table in text: see `rulesMatrix`. */
    matrix(): string;
  };
}

/** A deed without its types. */
export interface LooseDeed {
  readonly can: "read" | "create" | "update" | "delete" | "history" | "call";
  readonly table?: string;
  readonly row?: unknown;
  readonly field?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly function?: string;
  readonly input?: unknown;
}
