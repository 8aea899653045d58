import type { CheckFact } from "./read-check.ts";

/** What stands in a SQLite database of any hand, as far as a schema can say it. Names are as they are there. */
export interface SourceSchema {
  readonly tables: readonly SourceTable[];
  /** What is no table with rows of its own: each is told, none is taken over. */
  readonly others: readonly SourceObject[];
}

export interface SourceObject {
  readonly type: "view" | "trigger" | "virtual table";
  readonly name: string;
  /** Of a trigger: the table that it watches. */
  readonly table: string;
  readonly sql: string;
}

export interface SourceTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly SourceColumn[];
  /** The columns of its primary key, in the key's order; empty where it has none. */
  readonly primaryKey: readonly string[];
  /** The column that is the row's number itself (INTEGER PRIMARY KEY). */
  readonly rowNumber: string | undefined;
  readonly withoutRowid: boolean;
  readonly foreignKeys: readonly SourceForeignKey[];
  readonly indexes: readonly SourceIndex[];
  readonly checks: readonly SourceCheck[];
  /** The highest number that AUTOINCREMENT has given out; undefined where it is not used. */
  readonly sequence: number | undefined;
}

export interface SourceColumn {
  readonly name: string;
  /** As it was declared: "VARCHAR(40)", or nothing. */
  readonly type: string;
  readonly required: boolean;
  /** The text after DEFAULT. */
  readonly default: string | undefined;
  /** A generated column has no value of its own. */
  readonly generated: boolean;
}

export interface SourceForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  /** Empty where it refers to the primary key without naming it. */
  readonly targetColumns: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
}

export interface SourceIndex {
  readonly name: string;
  readonly unique: boolean;
  /** Undefined stands for an expression. */
  readonly columns: readonly (string | undefined)[];
  /** Covers only some rows. */
  readonly partial: boolean;
  /** A collation other than BINARY, such as NOCASE. */
  readonly collation: string | undefined;
}

export interface SourceCheck {
  readonly text: string;
  /** What it says, as far as a schema can say it too; undefined where it cannot. */
  readonly facts: readonly CheckFact[] | undefined;
}
