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
export interface TableDefinition<F extends FieldMap, U extends ColumnSets> {
  readonly "~table": {
    readonly fields: F;
    readonly unique: U;
    readonly indexes: ColumnSets;
    readonly checks: ((row: never) => Readonly<Record<string, Condition>>) | undefined;
  };
}

/** A row as the checks of its own table see it: its fields alone, for a database looks no further in a check. */
export type CheckRow<F extends FieldMap> = {
  readonly [C in keyof F]: F[C] extends Field<infer Spec extends FieldSpec> ? CheckValue<Spec> : never;
};

type CheckValue<F extends FieldSpec> = F extends { readonly target: string }
  ? Value<"text" | "integer", string | number>
  : ValueOfScalar<F extends Nullable ? F["json"] | null : F["json"]>[F["scalar"]];

export interface TableOptions<F extends FieldMap, U extends ColumnSets> {
  /** Sets of fields that no two rows share. A set of exactly two references makes the table a junction: many-to-many. */
  readonly unique?: U;
  /** Indexes over several fields, in their order. */
  readonly indexes?: readonly (readonly (keyof F & string)[])[];
  /** Conditions that every row meets, by name; the name is what an error says. */
  readonly checks?: (row: CheckRow<F>) => Readonly<Record<string, Condition>>;
}

/** A table with uniqueness, indexes or checks over several fields. */
export function table<F extends FieldMap, const U extends readonly (readonly (keyof NoInfer<F> & string)[])[] = readonly []>(
  fields: F,
  options: TableOptions<NoInfer<F>, U>,
): TableDefinition<F, U> {
  const { unique = [] as unknown as U, indexes = [], checks } = options;
  return { "~table": { fields, unique, indexes, checks } };
}
