import type { RowValue } from "../rules/row-types.ts";
import type { Field } from "./field.ts";
import type { FieldSpec } from "./field-spec.ts";
import type { ComputedMap, Schema } from "./schema.ts";
import type { ColumnSets, FieldMap, TableDefinition, TableMap } from "./table.ts";
import { refuseDefinition } from "./definition-error.ts";
import { resolveSchema } from "./resolve.ts";

type None = Readonly<Record<never, never>>;

/** Tables whose references all lead to one of `Names`. */
type TablesReferringTo<Names extends string> = FieldsReferringTo<Names> | TableDefinition<FieldsReferringTo<Names>, ColumnSets>;

type FieldsReferringTo<Names extends string> = Readonly<Record<string, Field<FieldSpec & { readonly target?: Names }>>>;

interface StoredShape<T extends TableMap> {
  readonly tables: T;
  readonly roles: never;
  readonly claims: None;
  readonly computed: None;
}

/** Computed fields by table. They see stored fields and relations, not each other. */
export type ComputedInput<T extends TableMap, K extends ComputedMap> = {
  readonly [N in keyof K]: (row: RowValue<Schema<StoredShape<T>>, N & keyof T & string>) => K[N];
};

export interface SchemaOptions<R extends string, C extends FieldMap, K> {
  /** The roles that an actor may have and rules may ask for. */
  readonly roles?: readonly R[];
  /** Further facts about an actor that rules may use, with their kinds. */
  readonly claims?: C;
  /**
   * Fields that are worked out from others whenever they are read:
   * `{ schools: (row) => ({ rating: row.reviews.avg((r) => r.stars) }) }`.
   */
  readonly computed?: K;
  /**
   * The reference that leads to a row's tenant, in every table that has a field of this name and does not say otherwise: `"organisation"`. See
   * `tenant` of `table`.
   */
  readonly tenant?: string;
}

/**
 * The tables of a back end. Every table also gets `id` (a UUID in the order of time, unless defined), `created`, `updated` and
 * `version`. Its mistakes are kept for `defineBackend`, which throws them together with those of the rules and functions. Without
 * one, asking for `model` throws them.
 */
export function defineSchema<
  const T extends { readonly [N in keyof T]: TablesReferringTo<keyof T & string> },
  const R extends string = never,
  const C extends FieldMap = None,
  K extends ComputedMap & { readonly [N in Exclude<keyof K, keyof T>]: never } = None,
>(
  tables: T,
  options: SchemaOptions<R, C, ComputedInput<NoInfer<T>, K>> = {},
): Schema<{ readonly tables: T; readonly roles: R; readonly claims: C; readonly computed: K }> {
  const { roles = [], claims = {}, computed = {}, tenant } = options;
  const draft = resolveSchema({ tables, roles, claims, computed, tenant });
  return Object.freeze({
    "~draft": draft,
    get model() {
      refuseDefinition(draft.problems);
      return draft.model;
    },
  });
}
