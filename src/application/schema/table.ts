import type { Condition, Value, ValueOfScalar } from "../rules/value.ts";
import type { Field } from "./field.ts";
import type { FieldSpec, Nullable } from "./field-spec.ts";

/** Fields by name, in the order of their columns. */
export type FieldMap = Readonly<Record<string, Field>>;

/** A table of `defineSchema`: its fields, or `table(fields, options)` where there is more to say. */
export type TableInput = FieldMap | TableDefinition<FieldMap, ColumnSets>;

export type TableMap = Readonly<Record<string, TableInput>>;

/** Sets of columns, each named by its fields. */
export type ColumnSets = readonly (readonly string[])[];

/** What `table` makes. */
export interface TableDefinition<F extends FieldMap, U extends ColumnSets, D = unknown, H = unknown> {
  readonly "~table": {
    readonly fields: F;
    readonly unique: U;
    readonly indexes: ColumnSets;
    readonly checks: ((row: never) => Readonly<Record<string, Condition>>) | undefined;
    readonly softDelete: D;
    readonly history: H;
    readonly audit: boolean;
    readonly tenant: string | false | undefined;
  };
}

/** A length of time: `"12h"`, `"30d"`. */
export type KeepTime = `${number}${"h" | "d"}`;

/** `true` keeps for good (until it is purged), `keep` for so long. */
export type KeepOption = boolean | { readonly keep: KeepTime };

/** A row as the checks of its own table see it: its fields alone, for a database looks no further in a check. */
export type CheckRow<F extends FieldMap> = {
  readonly [C in keyof F]: F[C] extends Field<infer Spec extends FieldSpec> ? CheckValue<Spec> : never;
};

type CheckValue<F extends FieldSpec> = F extends { readonly target: string }
  ? Value<"text" | "integer", string | number>
  : ValueOfScalar<F extends Nullable ? F["json"] | null : F["json"]>[F["scalar"]];

export interface TableOptions<
  F extends FieldMap,
  U extends ColumnSets,
  D extends KeepOption = KeepOption,
  H extends KeepOption = KeepOption,
> {
  /** Sets of fields that no two rows share. A set of exactly two references makes the table a junction: many-to-many. */
  readonly unique?: U;
  /** Indexes over several fields, in their order. */
  readonly indexes?: readonly (readonly (keyof F & string)[])[];
  /** Conditions that every row meets, by name; the name is what an error says. */
  readonly checks?: (row: CheckRow<F>) => Readonly<Record<string, Condition>>;
  /**
   * A deleted row stays, with the moment in a column `deleted` that the server alone writes. It is not there for whoever does not
   * ask for it, does not count for uniqueness, and can be restored until it is purged: by your own code, or after `keep`.
   */
  readonly softDelete?: D;
  /**
   * Every version that a row has had stays, with who changed it and when: for `asOf`, the list of versions and putting one back. Older
   * ones than `keep` go. Who may see them says the rule `history`.
   */
  readonly history?: H;
  /**
   * Every change of a row is written into the audit log: when, by whom, what was before and after. The log is chained by hashes, so that
   * nothing in it can be changed or removed unnoticed: `chassis audit verify`. Nothing ever leaves it.
   */
  readonly audit?: boolean;
  /**
   * Each row belongs to one tenant, the row that this reference leads to (`"organisation"`, or through a parent `"project.organisation"`). Whatever
   * the rules say, nobody reaches it but those who belong to that tenant: `tenants` of `defineBackend` says who does. False for a table
   * whose rows are shared by all tenants, where the schema would say otherwise.
   */
  readonly tenant?: (keyof F & string) | `${keyof F & string}.${string}` | false;
}

/** A table with more to say than its fields: uniqueness, indexes and checks over several of them, what is kept of deleted and changed rows, who did it, whose they are. */
export function table<
  F extends FieldMap,
  const U extends readonly (readonly (keyof NoInfer<F> & string)[])[] = readonly [],
  const D extends KeepOption = false,
  const H extends KeepOption = false,
>(fields: F, options: TableOptions<NoInfer<F>, U, D, H>): TableDefinition<F, U, D, H> {
  const { unique = [] as unknown as U, indexes = [], checks, softDelete = false as D, history = false as H } = options;
  const { audit = false, tenant } = options;
  return { "~table": { fields, unique, indexes, checks, softDelete, history, audit, tenant } };
}
