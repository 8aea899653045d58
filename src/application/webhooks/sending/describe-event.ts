import { type Json, kinds, type Stored } from "#contract";
import { type Column, evaluate, evaluateTruth, nobodyFacts, type RowChange, type StoredRow, type Table } from "#database";
import type { WebhookDefinition } from "./build-webhooks.ts";
import type { WebhookOperation } from "./define-webhook.ts";

/** What happened to a row, as those see it who ask for no deleted rows. */
export interface RowEvent {
  readonly operation: WebhookOperation;
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

/** Whether a webhook tells of it. `moment` is what `now()` says. */
export function tellsOf(webhook: WebhookDefinition, { operation, row, before }: RowEvent, moment: string): boolean {
  if (!webhook.on.has(operation)) return false;
  const { changed, when } = webhook;
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

/** The body of its message, in the form that Standard Webhooks advises. */
export function describeEvent({ type, select }: WebhookDefinition, event: RowEvent, moment: string): string {
  const { operation, row, before } = event;
  const data = {
    operation,
    row: rowJson(select, row, moment),
    ...(before === undefined ? {} : { before: rowJson(select, before, moment) }),
  };
  return JSON.stringify({ type, timestamp: moment, data });
}

/** The key of the line that it stands in; null where it stands in none. */
export function lineOf({ orderBy }: WebhookDefinition, { row }: RowEvent): string | null {
  if (orderBy === undefined) return null;
  const value = columnJson(orderBy, row, "");
  return value === null ? null : typeof value === "string" ? value : JSON.stringify(value);
}

function rowJson(columns: readonly Column[], row: StoredRow, moment: string): Json {
  // No prototype: a column may be called as anything that objects inherit.
  const json = Object.create(null) as Record<string, Json>;
  for (const column of columns) json[column.name] = columnJson(column, row, moment);
  return json;
}

function columnJson({ name, kind, options, computed, type }: Column, row: StoredRow, moment: string): Json {
  if (computed === undefined) {
    const stored = row[name] ?? null;
    return stored === null ? null : kind.toJson(stored, options);
  }
  const value = evaluate(computed, { rows: { row }, actor: nobodyFacts, now: moment });
  if (value === null) return null;
  const scale = type.scale === undefined ? {} : { scale: type.scale };
  return kinds[type.scalar].toJson(type.scalar === "bool" ? Number(value) : value, scale);
}
