import type { Connection } from "../../driver.ts";
import type { SchemaConnection } from "../../sqlite/schema-connection.ts";

/** The rows of a batch: those whose number is above `after`, up to and with `upTo`. */
export interface Range {
  readonly after: number;
  readonly upTo: number;
}

/**
 * A part of a step that is whole or not there. What a step's phases are depends on the step alone, so that one that was interrupted is
 * gone on with; what each does may depend on what it finds.
 */
export type Phase = OncePhase | BatchPhase | ScanPhase;

/** One short transaction. */
export interface OncePhase {
  readonly type: "once";
  readonly run: (connection: SchemaConnection) => Promise<void>;
  /** It may take long, so it shares its transaction with nothing. */
  readonly isAlone?: boolean;
}

/** All rows of a table, in transactions of a bounded time each. Rows that come meanwhile are done too. */
export interface BatchPhase {
  readonly type: "batches";
  readonly table: string;
  /** Whether there is anything to do; asked once, when it begins. Default yes. */
  readonly isNeeded?: (connection: Connection) => Promise<boolean>;
  readonly run: (connection: SchemaConnection, range: Range, key: string) => Promise<void>;
}

/** Reads all rows of a table, in portions, while everybody writes; a row that is found undoes the step as far as it has come. */
export interface ScanPhase {
  readonly type: "scan";
  readonly table: string;
  /** A condition that holds for rows that must not be. */
  readonly refused: string;
  readonly undo: (connection: SchemaConnection) => Promise<void>;
  /** The phase at which the step goes on, once the rows are good. */
  readonly backTo: number;
  readonly message: (rows: number) => string;
}

/** What a step knows of the migration that it belongs to. */
export interface StepContext {
  readonly id: string;
  /** ISO 8601. */
  readonly now: string;
  /** Rolling back: what is not there is taken for undone. */
  readonly isUndo: boolean;
  readonly fill: Readonly<Record<string, string>>;
}

export function once(run: OncePhase["run"]): OncePhase {
  return { type: "once", run };
}
