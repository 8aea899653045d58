import type { Clock } from "#base";
import type { Model } from "../../model/model.ts";
import type { Applied } from "../apply/apply-types.ts";

export interface RehearseOptions {
  /** The definition that the migration leads to: afterwards nothing may differ from it. */
  readonly model: Model;
  /** Where two copies are put, in a folder that is removed again; they need as much space as the database, three times over. Default: its own folder. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly report?: (progress: string) => void;
  readonly clock?: Clock;
  /** Statements of the new version (its rules, say), each of which must compile on the new schema. */
  readonly statements?: readonly { readonly name: string; readonly sql: string }[];
}

/** A migration tried on a copy of the real data: up, down, up. */
export interface Rehearsal {
  /** Nothing was found that speaks against it. */
  readonly isGood: boolean;
  /** What was found, one sentence each. */
  readonly problems: readonly string[];
  /** What is as the steps say, and worth knowing before they run on the real data. */
  readonly notes: readonly string[];
  readonly up: Applied;
  /** Undefined where a step cannot be undone: then it was only tried upwards. */
  readonly down: Applied | undefined;
  readonly upAgain: Applied | undefined;
  /** Milliseconds: the longest that other writes would wait. */
  readonly longestStall: number;
  readonly tables: readonly TableRehearsal[];
  readonly databaseBytes: number;
  /** The copy's size after going up: what the real file will need at least. */
  readonly bytesAfter: number;
}

export interface TableRehearsal {
  /** As it is called afterwards. */
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly rowsAfterDown: number;
  /** Columns that are there before and after, and rows in which their value is another one. */
  readonly changed: Readonly<Record<string, number>>;
  /** The same of the whole table as it was, once the migration was rolled back. */
  readonly changedAfterDown: Readonly<Record<string, number>>;
}
