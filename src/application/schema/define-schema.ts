import type { RowValue } from "../rules/row-types.ts";
import type { Value } from "../rules/value.ts";
import type { Field } from "./field.ts";
import type { FieldSpec } from "./field-spec.ts";
import type { OrganisationNames, Schema } from "./schema.ts";
import type { ColumnSets, FieldMap, TableDefinition, TableMap } from "./table.ts";
import { refuseDefinition, refuseUnknown } from "./definition-error.ts";
import { resolveSchema } from "./resolve.ts";

type None = { readonly [N in never]: never };

/** Tables whose references all lead to one of `Names`. */
type TablesReferringTo<Names extends string> = FieldsReferringTo<Names> | TableDefinition<FieldsReferringTo<Names>, ColumnSets>;

type FieldsReferringTo<Names extends string> = Readonly<Record<string, Field<FieldSpec & { readonly target?: Names }>>>;

interface StoredShape<T extends TableMap> {
  readonly tables: T;
  readonly roles: never;
  readonly claims: None;
  readonly computed: None;
}

type ComputedFunction<R> = (row: R) => Readonly<Record<string, Value>>;

/** As `NoInfer`, but the very same type afterwards: whatever was worked out of it need not be again. */
type Held<T> = [T][T extends unknown ? 0 : never];

/** Computed fields by table. They see stored fields and relations, not each other. */
export type ComputedInput<T extends TableMap, Names extends PropertyKey> = {
  readonly [N in Names]: N extends keyof T ? ComputedFunction<RowValue<Schema<StoredShape<T>>, N & string>> : never;
};

type ComputedResult<C> = C extends (row: never) => infer V ? (V extends Readonly<Record<string, Value>> ? V : never) : never;

/** Where organisations and memberships are: `true` for `organisations`, `members` and its field `role`. */
export type OrganisationsInput = true | Partial<OrganisationNames>;

type NamesOf<O> = [O] extends [never]
  ? undefined
  : {
      readonly table: NameIn<O, "table", "organisations">;
      readonly members: NameIn<O, "members", "members">;
      readonly role: NameIn<O, "role", "role">;
    };

type NameIn<O, K extends string, Usual extends string> = O extends { readonly [Key in K]: infer N extends string } ? N : Usual;

export interface SchemaOptions<R extends string, C extends FieldMap, K, O = never> {
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
  /**
   * The organisations that people belong to: rules ask `me.belongsTo(row.organisation)`, and sign-in lets people make them and invite others. `true` for a
   * table `organisations` and one of memberships, `members`, which refers to it and to `users` and has a `role`, an enum whose first value is that of
   * owners; or their names: `{ table: "teams", members: "memberships" }`.
   */
  readonly organisations?: O;
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
  K extends ComputedInput<Held<T>, keyof K> = None,
  const O extends OrganisationsInput = never,
>(
  tables: T,
  options: SchemaOptions<R, C, K & ComputedInput<Held<T>, keyof K>, O> = {},
): Schema<{
  readonly tables: T;
  readonly roles: R;
  readonly claims: C;
  readonly computed: { readonly [N in keyof K]: ComputedResult<K[N]> };
  readonly organisations: NamesOf<O>;
}> {
  const { roles = [], claims = {}, computed = {}, tenant, organisations, ...unknown } = options;
  const resolved = resolveSchema({ tables, roles, claims, computed, tenant, organisations });
  const problems = [...resolved.problems];
  refuseUnknown(unknown, ["roles", "claims", "computed", "tenant", "organisations"], problems);
  const draft = { ...resolved, problems };
  return Object.freeze({
    "~draft": draft,
    get model() {
      refuseDefinition(draft.problems);
      return draft.model;
    },
  });
}
