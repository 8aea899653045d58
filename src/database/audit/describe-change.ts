import type { Json, Stored } from "#contract";
import type { RowChange } from "../feed/row-change.ts";
import { storedColumns } from "../model/history-table.ts";
import type { Column, Table } from "../model/model.ts";

/** What an entry of the audit log says of one column. */
export type ColumnChange = { readonly before?: Json; readonly after?: Json } | { readonly secret: true };

/** Of an insert and a delete all columns that hold something, of an update those that changed. Secrets are said to have changed, and no more. */
export function describeChange(table: Table, { before, after }: RowChange): Readonly<Record<string, ColumnChange>> {
  const changes: [string, ColumnChange][] = [];
  for (const column of storedColumns(table)) {
    const [earlier, later] = [before?.[column.name] ?? null, after?.[column.name] ?? null];
    if (isSame(earlier, later)) continue;
    const change = {
      ...(before === undefined ? {} : { before: jsonOf(column, earlier) }),
      ...(after === undefined ? {} : { after: jsonOf(column, later) }),
    };
    changes.push([column.name, column.secret ? { secret: true } : change]);
  }
  return Object.fromEntries(changes);
}

function jsonOf({ kind, options }: Column, value: Stored): Json {
  return value === null ? null : kind.toJson(value, options);
}

function isSame(one: Stored, other: Stored): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  return one === other;
}
