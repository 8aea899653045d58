import type { ChangeSelection } from "../../changes/change-selection.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { Columns, TableName } from "../../schema/types.ts";

/** Which changes receivers are told of, in which columns. */
export interface WebhookOptions<S extends AnySchema, T extends TableName<S>> extends ChangeSelection<S, T> {
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
