import type { ChangeOperation, ChangeSelection, Selectable } from "../changes/change-selection.ts";
import type { EnqueueableJob } from "../jobs/written-job.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Columns, Row, TableName } from "../schema/types.ts";

/** What the job of a trigger is given as its input: the selected columns of the changed row, in the forms of JSON. */
export interface Change<
  S extends AnySchema,
  T extends TableName<S>,
  C extends Selectable<S, T> = Selectable<S, T>,
  O extends ChangeOperation = ChangeOperation,
> {
  readonly operation: O;
  /** The row as it was written; of one that was deleted, as it was. */
  readonly row: Pick<Row<S, T>, C>;
  /** Of an update: the row before. */
  readonly before?: Pick<Row<S, T>, C>;
}

/** Which changes hand over a job, and when it runs. */
export interface TriggerOptions<
  S extends AnySchema,
  T extends TableName<S>,
  C extends Selectable<S, T>,
  O extends ChangeOperation = ChangeOperation,
> extends ChangeSelection<S, T, C, O> {
  /** How long the job waits: milliseconds, or `30s`, `15m`, `12h`. */
  readonly delay?: number | string;
  /**
   * A column: while a job of this trigger waits for a row with the same value, no other is made. The one that is there has the input of the first
   * change, so its handler reads what is there when it runs. What changes while it runs is another job's, which runs once that has ended.
   */
  readonly uniqueBy?: keyof Columns<S, T> & string;
}

/** A trigger as it is written, before its schema is looked at. */
export interface WrittenTrigger {
  readonly table: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly job: EnqueueableJob<never>;
}

/** A trigger of a back end on the schema `S`: list it under `triggers` of `defineBackend`, by a name of its own. */
export interface Trigger<S extends AnySchema> {
  readonly "~trigger": WrittenTrigger;
  /** For the type checker alone: never present. */
  readonly "~schema"?: (schema: S) => S;
}

export interface TriggerBuilders<S extends AnySchema> {
  /** A job that follows changes of a table: `trigger("reviews", { on: ["create"], select: ["id"] }, tellEditors)`. */
  readonly trigger: <T extends TableName<S>, const C extends Selectable<S, T>, const O extends ChangeOperation>(
    table: T,
    options: TriggerOptions<S, T, C, O>,
    job: EnqueueableJob<Change<S, T, C, O>>,
  ) => Trigger<S>;
}

/**
 * `const { trigger } = triggersOf(schema)`: hands over a job in the transaction that changed a row, on whichever way it was changed: the data API, a
 * function, a page, a cascade, the back end's own SQL. There is no job of a rollback, and no commit without its jobs.
 */
export function triggersOf<S extends AnySchema>(_schema: S): TriggerBuilders<S> {
  return {
    trigger: (table, options, job) => ({
      "~trigger": { table, options: options as unknown as WrittenTrigger["options"], job },
    }),
  };
}
