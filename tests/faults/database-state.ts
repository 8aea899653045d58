import { DatabaseSync } from "node:sqlite";

/** What a database of ./backend.ts holds, and what SQLite says of the file itself. */
export interface DatabaseState {
  /** Problems that integrity_check and foreign_key_check report: empty where all is well. */
  readonly damage: readonly string[];
  readonly notes: readonly { readonly slug: string; readonly id: string; readonly body: string; readonly version: number }[];
  readonly counters: readonly { readonly name: string; readonly value: number; readonly version: number }[];
  readonly ticks: readonly { readonly number: string; readonly counter: string; readonly value: number }[];
  readonly orders: readonly { readonly number: string; readonly count: number; readonly total: number }[];
  readonly lines: readonly { readonly number: string | null; readonly position: number; readonly amount: number }[];
  readonly accounts: readonly { readonly name: string; readonly balance: number; readonly version: number }[];
  readonly transfers: readonly {
    readonly number: string;
    readonly source: string;
    readonly target: string;
    readonly amount: number;
  }[];
}

/** Reads the file itself, without the code under test, as of one moment. Nothing is changed in it. */
export function readState(path: string): DatabaseState {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const rows = <T>(sql: string): T => database.prepare(sql).all() as T;
    database.exec("BEGIN");
    const integrity = rows<readonly { integrity_check: string }[]>("PRAGMA integrity_check");
    const foreignKeys = rows<readonly { table: string; rowid: number; parent: string }[]>("PRAGMA foreign_key_check");
    return {
      damage: [
        ...integrity.map((row) => row.integrity_check).filter((text) => text !== "ok"),
        ...foreignKeys.map(({ table, rowid, parent }) => `Row ${rowid} of ${table} refers to no row of ${parent}.`),
      ],
      notes: rows("SELECT slug, id, body, version FROM notes"),
      counters: rows("SELECT name, value, version FROM counters"),
      ticks: rows("SELECT t.number, c.name AS counter, t.value FROM ticks t LEFT JOIN counters c ON c.id = t.counter"),
      orders: rows('SELECT number, "count", total FROM orders'),
      lines: rows('SELECT o.number, l.position, l.amount FROM lines l LEFT JOIN orders o ON o.id = l."order"'),
      accounts: rows("SELECT name, balance, version FROM accounts"),
      transfers: rows(
        "SELECT t.number, s.name AS source, g.name AS target, t.amount FROM transfers t LEFT JOIN accounts s ON s.id = t.source LEFT JOIN accounts g ON g.id = t.target",
      ),
    };
  } finally {
    database.close();
  }
}
