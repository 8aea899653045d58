import type { RowValue } from "../rules/row-types.ts";
import type { Condition } from "../rules/value.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Columns, Row, TableName } from "../schema/types.ts";

/** What can happen to a row, as rules call it. In a table with `softDelete` as those see it who ask for no deleted rows. */
export const changeOperations = ["create", "update", "delete"] as const;
/** What happened to a row: `"create"`, `"update"` or `"delete"`. */
export type ChangeOperation = (typeof changeOperations)[number];

/** What a condition over changes may speak of: the two rows alone. */
export interface ChangeScope<S extends AnySchema, T extends TableName<S>> {
  /** The row as it is now; of one that was deleted, as it was. */
  readonly row: RowValue<S, T>;
  /** The row before. Of one that was just made, every column is null; of one that was deleted, it is `row`. */
  readonly before: RowValue<S, T, null>;
}

/** The columns that can be told of a row. */
export type Selectable<S extends AnySchema, T extends TableName<S>> = keyof Row<S, T> & string;

/** Which changes of a table, and what is told of them. */
export interface ChangeSelection<
  S extends AnySchema,
  T extends TableName<S>,
  C extends Selectable<S, T> = Selectable<S, T>,
  O extends ChangeOperation = ChangeOperation,
> {
  /** The operations that it tells of. */
  readonly on: readonly O[];
  /** The columns of the row that are told. There is no default: a column stays closed until it is named. Never a secret. */
  readonly select: readonly C[];
  /** Tells only of rows for which it is true. It sees the rows at hand, and no others. */
  readonly when?: (scope: ChangeScope<S, T>) => Condition;
  /** Of updates only those that changed one of these columns. By default every update. */
  readonly changed?: readonly (keyof Columns<S, T> & string)[];
}

/** The options of a selection, as they are written. */
export const selectionOptions: readonly string[] = ["on", "select", "when", "changed"];
