import { createPacer } from "#base";
import type { Stored } from "#contract";
import type { BeforeCommitListener, Connection } from "../driver.ts";
import { listText } from "../expression/values.ts";
import type { CommitContext, RowChange } from "../feed/row-change.ts";
import { historyColumns as names, historyTable, keptColumns } from "../model/history-table.ts";
import type { Model, Table } from "../model/model.ts";
import { quoteName } from "./dialect/literals.ts";

type Row = Readonly<Record<string, Stored>>;

/** A row as it was until a change. */
interface Version {
  readonly operation: "update" | "delete";
  readonly row: Row;
  /** The row's hidden number. */
  readonly key: Stored;
  readonly from: string;
  readonly until: string;
}

interface KeptTable {
  readonly table: Table;
  readonly columns: readonly string[];
  /** Writes one version. */
  readonly keep: string;
  /** Notes of many rows that they were made. */
  readonly note: string;
}

/**
 * Writes the old versions of rows with every transaction that changes or deletes them, by whatever way it does so, and of new rows who made
 * them. Undefined for a model without history.
 */
export function historyListener(model: Model): BeforeCommitListener | undefined {
  const tables = new Map<string, KeptTable>();
  for (const table of model.tables.values()) if (table.history !== undefined) tables.set(table.name, planTable(table));
  if (tables.size === 0) return undefined;
  return {
    tables: [...tables.keys()],
    async beforeCommit(changes, connection, context) {
      const made = new Map<KeptTable, MadeRow[]>();
      // Others are served in between: an import may bring a hundred thousand rows.
      const pace = createPacer();
      for (const change of changes) {
        const kept = tables.get(change.table);
        if (kept === undefined) continue;
        const version = versionOf(kept.table, change, context);
        if (version !== undefined) await connection.run(kept.keep, valuesOf(kept, version, context));
        if (isNew(kept.table, change)) {
          const row = { id: change.after[kept.table.key.name] ?? null, at: timeOf(change.after, context.moment) };
          const rows = made.get(kept);
          if (rows === undefined) made.set(kept, [row]);
          else rows.push(row);
        }
        await pace();
      }
      for (const [kept, rows] of made) await noteRows(connection, kept, rows, context);
    },
  };
}

/** A version begins where the one before it ended, also where the clock went back or SQL left `updated` as it was: no moment has two. */
function planTable(table: Table): KeptTable {
  const history = quoteName(historyTable(table.name));
  const columns = keptColumns(table);
  const facts = [names.from, names.until, names.operation, names.author, names.system].map(quoteName);
  const id = quoteName(table.key.name);
  const start = (from: string, key: string): string =>
    `max(${from}, coalesce((SELECT max(${quoteName(names.until)}) FROM ${history} WHERE ${id} = ${key}), ''))`;
  const kept = columns.map((_, index) => `?${index + 1}`);
  const next = (offset: number): string => `?${kept.length + offset}`;
  const values = [...kept, "start", `max(start, ${next(2)})`, next(3), next(4), next(5)];
  const [itemId, itemAt] = ["value ->> 0", "value ->> 1"];
  return {
    table,
    columns,
    keep: `INSERT INTO ${history} (${[...columns.map(quoteName), ...facts].join(", ")}) SELECT ${values.join(", ")} FROM (SELECT ${start(next(1), next(6))} AS start)`,
    note: `INSERT INTO ${history} (${[id, ...facts].join(", ")}) SELECT id, start, start, 'insert', ?2, ?3 FROM (SELECT ${itemId} AS id, ${start(itemAt, itemId)} AS start FROM json_each(?1))`,
  };
}

function versionOf(table: Table, change: RowChange, { moment }: CommitContext): Version | undefined {
  if (change.type === "insert") return undefined;
  const { before, after, key } = change;
  const from = timeOf(before, moment);
  if (after === undefined || isNew(table, change)) return { operation: "delete", row: before, key, from, until: moment };
  const updated = timeOf(after, moment);
  // SQL that leaves `updated` as it was changes the row now.
  return { operation: "update", row: before, key, from, until: updated > from ? updated : moment };
}

/** The number of a row that is gone may be given to another one within the same transaction: that is no change of a row. */
function isNew(table: Table, change: RowChange): change is RowChange & { readonly after: Row } {
  if (change.type !== "update") return change.type === "insert";
  return change.before[table.key.name] !== change.after[table.key.name];
}

/** Since when the row is as it is; no later than now. */
function timeOf(row: Row, moment: string): string {
  const updated = row["updated"];
  return typeof updated === "string" && updated < moment ? updated : moment;
}

function valuesOf({ table, columns }: KeptTable, version: Version, { author }: CommitContext): readonly Stored[] {
  const { operation, row, key, from, until } = version;
  const values = columns.map((name) => (table.columns.has(name) ? (row[name] ?? null) : key));
  return [...values, from, until, operation, authorText(author), author.system ? 1 : 0, row[table.key.name] ?? null];
}

function authorText({ id }: CommitContext["author"]): string | null {
  return id === null ? null : String(id);
}

interface MadeRow {
  readonly id: Stored;
  readonly at: string;
}

/** Rows that one statement notes: it holds the event loop for so long. */
const notedAtOnce = 500;

async function noteRows(
  connection: Connection,
  { note }: KeptTable,
  rows: readonly MadeRow[],
  { author }: CommitContext,
): Promise<void> {
  const pace = createPacer();
  for (let first = 0; first < rows.length; first += notedAtOnce) {
    const items = rows.slice(first, first + notedAtOnce).map(({ id, at }) => listText([id, at]));
    await connection.run(note, [`[${items.join(",")}]`, authorText(author), author.system ? 1 : 0]);
    await pace();
  }
}
