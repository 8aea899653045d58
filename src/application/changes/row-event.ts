import { type Json, kinds, type Stored } from "#contract";
import { type Column, evaluate, evaluateTruth, nobodyFacts, type RowChange, type StoredRow, type Table } from "#database";
import type { ChangeOperation } from "./change-selection.ts";
import type { SelectedChanges } from "./read-selection.ts";

/** What happened to a row, as those see it who ask for no deleted rows. */
export interface RowEvent {
  readonly operation: ChangeOperation;
  /** Of one that was deleted: as it was. */
  readonly row: StoredRow;
  readonly before: StoredRow | undefined;
}

/** One change of a table can be none, or two: a row's hidden number may be given to another row within the same transaction. */
export function rowEvents(table: Table, { before, after }: RowChange): readonly RowEvent[] {
  const id = table.key.name;
  if (before !== undefined && after !== undefined && before[id] !== after[id])
    return [...rowEvent(table, before, undefined), ...rowEvent(table, undefined, after)];
  return rowEvent(table, before, after);
}

function rowEvent(table: Table, before: StoredRow | undefined, after: StoredRow | undefined): readonly RowEvent[] {
  const old = isThere(table, before) ? before : undefined;
  const now = isThere(table, after) ? after : undefined;
  if (now !== undefined) return [{ operation: old === undefined ? "create" : "update", row: now, before: old }];
  return old === undefined ? [] : [{ operation: "delete", row: old, before: undefined }];
}

function isThere({ softDelete }: Table, row: StoredRow | undefined): boolean {
  return row !== undefined && (softDelete === undefined || (row["deleted"] ?? null) === null);
}

/** Whether it is among the selected changes. `moment` is what `now()` says. */
export function selects(selection: SelectedChanges, { operation, row, before }: RowEvent, moment: string): boolean {
  if (!selection.on.has(operation)) return false;
  const { changed, when } = selection;
  if (operation === "update" && changed !== undefined && !changed.some((name) => differs(row[name], before?.[name])))
    return false;
  if (when === undefined) return true;
  const rows = { row, before: operation === "delete" ? row : (before ?? {}) };
  return evaluateTruth(when, { rows, actor: nobodyFacts, now: moment }) === 1;
}

function differs(one: Stored | undefined, other: Stored | undefined): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) !== 0;
  return (one ?? null) !== (other ?? null);
}

/** What is told of a change: the selected columns of the row, and of the row before an update, in the forms of JSON. */
export interface ToldChange {
  readonly operation: ChangeOperation;
  readonly row: Json;
  readonly before?: Json;
}

export function tellChange({ select }: SelectedChanges, { operation, row, before }: RowEvent, moment: string): ToldChange {
  return {
    operation,
    row: rowJson(select, row, moment),
    ...(before === undefined ? {} : { before: rowJson(select, before, moment) }),
  };
}

function rowJson(columns: readonly Column[], row: StoredRow, moment: string): Json {
  // No prototype: a column may be called as anything that objects inherit.
  const json = Object.create(null) as Record<string, Json>;
  for (const column of columns) json[column.name] = columnJson(column, row, moment);
  return json;
}

/** The value of a column, as JSON has it; a computed one is worked out from the row. */
export function columnJson({ name, kind, options, computed, type }: Column, row: StoredRow, moment: string): Json {
  if (computed === undefined) {
    const stored = row[name] ?? null;
    return stored === null ? null : kind.toJson(stored, options);
  }
  const value = evaluate(computed, { rows: { row }, actor: nobodyFacts, now: moment });
  if (value === null) return null;
  const scale = type.scale === undefined ? {} : { scale: type.scale };
  return kinds[type.scalar].toJson(type.scalar === "bool" ? Number(value) : value, scale);
}
