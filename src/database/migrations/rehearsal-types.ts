import type { Model } from "../model/model.ts";
import type { Applied } from "./apply-types.ts";

export interface RehearseOptions {
  /** The definition that the migration leads to: afterwards nothing may differ from it. */
  readonly model: Model;
  /** Where the copy is put; needs as much space as the database, twice over. Default: the database's folder. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly report?: (progress: string) => void;
  /** Statements of the new version (its rules, say), each of which must compile on the new schema. */
  readonly statements?: readonly { readonly name: string; readonly sql: string }[];
}

/** A migration tried on a copy of the real data: up, down, up. */
export interface Rehearsal {
  /** Nothing was found that speaks against it. */
  readonly isGood: boolean;
  /** What was found, one sentence each. */
  readonly problems: readonly string[];
  readonly up: Applied;
  readonly down: Applied;
  readonly upAgain: Applied;
  /** Milliseconds: the longest that other writes would wait. */
  readonly longestStall: number;
  readonly tables: readonly TableRehearsal[];
  readonly databaseBytes: number;
  /** The copy's size after going up: what the real file will need at least. */
  readonly bytesAfter: number;
}

export interface TableRehearsal {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** A checksum over the columns that both have: `same` in each of the three states, or which one differs. */
  readonly values: "same" | "changed" | "changedAfterDown";
}
