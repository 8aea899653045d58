import { DatabaseSync } from "node:sqlite";

/** A database as Chassis lays it out, for tests that write to it themselves. No checkpoint comes by itself. */
export function createTestDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE _chassis (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    INSERT INTO _chassis VALUES ('format', '1'), ('schema', 'aaaabbbbccccdddd');
    CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE items (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES owners, body TEXT NOT NULL) STRICT;
    CREATE INDEX items_owner ON items (owner);
    CREATE VIRTUAL TABLE items_search USING fts5 (body, content = 'items', content_rowid = 'id');
    CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
    INSERT INTO owners VALUES (1, 'Ann');
    INSERT INTO accounts VALUES ${Array.from({ length: 100 }, (_, index) => `(${index + 1}, 100)`).join()};`);
  return database;
}

export function addItems(database: DatabaseSync, count: number): void {
  database.exec("BEGIN");
  const insert = database.prepare("INSERT INTO items (owner, body) VALUES (1, ? || hex(randomblob(40)))");
  for (let index = 0; index < count; index++) insert.run(`item ${index} `);
  database.exec("COMMIT");
}
