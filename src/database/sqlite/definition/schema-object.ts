/** An object of the database as `sqlite_schema` lists it. `sql` is what SQLite keeps there, to the letter. */
export interface SchemaObject {
  readonly type: "table" | "index" | "trigger" | "view";
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}
