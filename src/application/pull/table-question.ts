import type { SourceTable } from "#database";
import type { Profile } from "./profile-column.ts";
import type { SourceHints } from "./pulled-schema.ts";
import type { SourceKey } from "./source-key.ts";

export interface SurveyedTable {
  /** Its name in the new schema. */
  readonly name: string;
  readonly table: SourceTable;
  readonly key: SourceKey;
  /** By column. */
  readonly profiles: ReadonlyMap<string, Profile>;
}

export interface TableQuestion extends SurveyedTable {
  /** All that are taken over, by their names there in lower case. */
  readonly tables: ReadonlyMap<string, SurveyedTable>;
  readonly hints: SourceHints;
}

/** Where a column leads to. */
export interface PulledReference {
  /** The table's name in the new schema. */
  readonly target: SurveyedTable;
  readonly onDelete: string;
}
