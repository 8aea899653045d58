import type { StoredRow } from "../expression/evaluate.ts";

/** On whose behalf a transaction writes: somebody, nobody in particular (`id` null), or the back end's own code (`system`). */
export interface Author {
  readonly id: string | number | null;
  readonly system: boolean;
  /** The administrator who acts as that one. */
  readonly impersonator?: string;
  /** The request that it came with, as the log names it. */
  readonly requestId?: string;
}

/** Of a transaction that says nothing of its author: Chassis itself. */
export const systemAuthor: Author = { id: null, system: true };

/**
 * What one transaction did to one row, all in all: a row that it made and took away again is not there, one that it changed twice is
 * there once. Rows are in stored form and whole: every stored column of the model. Secrets are among them: who shows a row to
 * somebody must ask the rules first.
 */
export type RowChange =
  | {
      readonly table: string;
      readonly type: "insert";
      readonly key: RowNumber;
      readonly before: undefined;
      readonly after: StoredRow;
    }
  | {
      readonly table: string;
      readonly type: "update";
      readonly key: RowNumber;
      readonly before: StoredRow;
      readonly after: StoredRow;
    }
  | {
      readonly table: string;
      readonly type: "delete";
      readonly key: RowNumber;
      readonly before: StoredRow;
      readonly after: undefined;
    };

/** The row's hidden number (`Table.rowKey`). */
export type RowNumber = number | bigint;

/** When and by whom the changes of a transaction were made. */
export interface CommitContext {
  /** Shortly before the commit, as a stored timestamp. Never goes back within one process. */
  readonly moment: string;
  readonly author: Author;
}

/** One committed transaction that changed rows of the model. */
export interface CommitEntry extends CommitContext {
  /** One more than that of the entry before. */
  readonly sequence: number;
  /** At least one, in no order that means anything. */
  readonly changes: readonly RowChange[];
}
