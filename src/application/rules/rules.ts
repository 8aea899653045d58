import type { Expression } from "#database";

/** The rules of a back end once they are built: what `authorise` adds to every query. */
export type RuleBook = ReadonlyMap<string, TableRules>;

/**
 * The rules of one table. An operation without one is unreachable for everybody (and `chassis check` fails).
 * Every rule is over the scopes that its operation has: see each.
 */
export interface TableRules {
  /** Over `row`. */
  readonly read: Expression | undefined;
  /** Over `row` and `next`, which are both the row to be made. */
  readonly create: Expression | undefined;
  readonly update: UpdateRule | undefined;
  /** Over `row`. */
  readonly delete: Expression | undefined;
  /** Over `row`, as it was: who may read the past of a table with `history`. Beside `read`, which must hold for the row as it was. */
  readonly history?: Expression | undefined;
  /** Narrower rules for single fields. A field without an entry follows its table. Keyed by field name. */
  readonly fields: ReadonlyMap<string, FieldRules>;
}

/**
 * An update rule that never says `next` must hold for the row before and again for the row after, so that nobody can
 * move a row out of or into somebody else's hands. One that says `next` compares the two rows itself and is checked once.
 */
export interface UpdateRule {
  readonly expression: Expression;
  readonly mentionsNext: boolean;
}

/** Each undefined where the table's rule alone decides. */
export interface FieldRules {
  /** Over `row`. Where it is not true for a row, the field is null there; where it can be true for no row, it does not exist. */
  readonly read: Expression | undefined;
  /** Over `row` and `next`, both the row to be made. Asked when a create gives the field a value. */
  readonly create: Expression | undefined;
  /** Over `row` and `next`. Asked when an update names the field; before and after as for the table. */
  readonly update: UpdateRule | undefined;
}
