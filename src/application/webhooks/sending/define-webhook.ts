import type { RowValue } from "../../rules/row-types.ts";
import type { Condition } from "../../rules/value.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { Columns, Row, TableName } from "../../schema/types.ts";

/** What can happen to a row, as rules call it. In a table with `softDelete` as those see it who ask for no deleted rows. */
export const webhookOperations = ["create", "update", "delete"] as const;
export type WebhookOperation = (typeof webhookOperations)[number];

/** What the condition of a webhook may speak of: the two rows alone. */
export interface WebhookScope<S extends AnySchema, T extends TableName<S>> {
  /** The row as it is now; of one that was deleted, as it was. */
  readonly row: RowValue<S, T>;
  /** The row before. Of one that was just made, every column is null; of one that was deleted, it is `row`. */
  readonly before: RowValue<S, T, null>;
}

type Selectable<S extends AnySchema, T extends TableName<S>> = keyof Row<S, T> & string;

export interface WebhookOptions<S extends AnySchema, T extends TableName<S>> {
  /** The operations that it tells of. */
  readonly on: readonly WebhookOperation[];
  /** The columns of the row that receivers get. There is no default: a column stays closed until it is named. Never a secret. */
  readonly select: readonly Selectable<S, T>[];
  /** Tells only of rows for which it is true. It sees the rows at hand, and no others. */
  readonly when?: (scope: WebhookScope<S, T>) => Condition;
  /** Of updates only those that changed one of these columns. By default every update. */
  readonly changed?: readonly (keyof Columns<S, T> & string)[];
  /**
   * The column whose value is the key of a line: an endpoint gets what has the same key one after the other, the next when the one before was
   * taken or given up. Lines are of keys alone, so that several webhooks can share them. Null is in no line.
   */
  readonly orderBy?: keyof Columns<S, T> & string;
}

/** A webhook as it is written, before its schema is looked at. */
export interface WrittenWebhook {
  readonly table: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A webhook of a back end on the schema `S`. Its type is its key among the back end's `webhooks`. */
export interface Webhook<S extends AnySchema> {
  readonly "~webhook": WrittenWebhook;
  /** For the type checker alone: never present. */
  readonly "~schema"?: (schema: S) => S;
}

export interface WebhookBuilders<S extends AnySchema> {
  /** A webhook for this schema: list it under `webhooks` of `defineBackend`, by its type, such as "review.created". */
  readonly webhook: <T extends TableName<S>>(table: T, options: WebhookOptions<S, T>) => Webhook<S>;
}

/**
 * `const { webhook } = webhooksOf(schema)`: tells receivers elsewhere what has happened to rows. What a webhook tells is kept in the
 * transaction that gave the reason, so that nothing of a rollback is told, and nothing of a commit is lost.
 */
export function webhooksOf<S extends AnySchema>(_schema: S): WebhookBuilders<S> {
  return {
    webhook: (table, options) => ({ "~webhook": { table, options: options as unknown as WrittenWebhook["options"] } }),
  };
}
