import type { Column, Model, Table } from "#database";

/** A column by which rows refer to a user, or to what goes with one. */
export interface AccountReference {
  readonly table: Table;
  readonly column: Column;
  /** What its `onDelete` says becomes of the rows. */
  readonly effect: "cascade" | "set null" | "restrict";
  /** What it refers to: undefined for `users` itself, else rows that go with the user. */
  readonly by: AccountReference | undefined;
}

/** A diamond of references has many ways through it; past so many nobody reads a list of them. */
const MOST = 500;

/** Every way from rows to a user, the nearest first: what refers to `users`, and what refers to what `onDelete("cascade")` takes along. */
export function accountReferences(model: Model, users: Table): readonly AccountReference[] {
  const found: AccountReference[] = [];
  const line: { readonly target: Table; readonly by: AccountReference | undefined }[] = [{ target: users, by: undefined }];
  for (const { target, by } of line) {
    for (const table of model.tables.values()) {
      for (const column of table.columns.values()) {
        const { reference } = column;
        if (reference?.table !== target.name || isOnWay(column, by) || found.length >= MOST) continue;
        const each: AccountReference = { table, column, effect: reference.onDelete, by };
        found.push(each);
        if (each.effect === "cascade") line.push({ target: table, by: each });
      }
    }
  }
  return found;
}

function isOnWay(column: Column, way: AccountReference | undefined): boolean {
  return way !== undefined && (way.column === column || isOnWay(column, way.by));
}
