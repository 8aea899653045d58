import { closeSync, fdatasyncSync, openSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";

export interface CopyOptions {
  readonly source: string;
  /** A new file, in WAL mode as its source; removed on failure. */
  readonly target: string;
  /** Called when the moment is fixed, before a page is copied: nothing that is committed from here on is in the copy. */
  readonly onSnapshot?: (size: { readonly bytes: number }) => Promise<void>;
  /** From 0 to 1. */
  readonly onProgress?: (part: number) => void;
  /** How long to rest after each piece of work, in parts of the time that it took: so others keep the disk and the processor. Default 0. */
  readonly rest?: number;
  readonly signal?: AbortSignal;
}

export interface DatabaseCopy {
  readonly pageSize: number;
  readonly pages: number;
  /** Rows of each table, counted in the snapshot itself and not in the copy. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Pages between two looks at the signal; and after so many bytes the copy is made to reach the disk. */
const STEP = 512;
const SYNC_EVERY = 8 * 1_048_576;

/**
 * Copies a database page by page as of one moment while others write to it, holding nothing in memory. For a thread, not for the event
 * loop. The connection holds one read transaction: without that, SQLite's backup starts anew after every commit of others.
 *
 * What was copied is synced every few megabytes: a gigabyte of it waiting in memory would, on ext4, have to be written out before the next
 * sync of the write-ahead log returns, and every commit would wait for it.
 */
export async function copyDatabase(options: CopyOptions): Promise<DatabaseCopy> {
  const { source, target, signal } = options;
  const database = new DatabaseSync(source, { readOnly: true, timeout: 5000, returnArrays: true });
  let file: number | undefined;
  try {
    database.exec("PRAGMA query_only = ON; BEGIN");
    const one = (sql: string): number => Number((database.prepare(sql).get() as unknown as unknown[] | undefined)?.[0]);
    // The first read takes the snapshot.
    one("SELECT count(*) FROM sqlite_schema");
    const pageSize = one("PRAGMA page_size");
    const pages = one("PRAGMA page_count");
    await options.onSnapshot?.({ bytes: pages * pageSize });
    closeSync(openSync(target, "wx", 0o600));
    file = openSync(target, "r+");
    const descriptor = file;
    let synced = pages;
    let began = performance.now();
    const bell = new Int32Array(new SharedArrayBuffer(4));
    await backup(database, target, {
      rate: STEP,
      progress: ({ totalPages, remainingPages }) => {
        signal?.throwIfAborted();
        options.onProgress?.(1 - remainingPages / totalPages);
        if ((synced - remainingPages) * pageSize >= SYNC_EVERY) {
          fdatasyncSync(descriptor);
          synced = remainingPages;
        }
        // Nothing else runs on this thread, and SQLite goes on when this returns.
        Atomics.wait(bell, 0, 0, (performance.now() - began) * (options.rest ?? 0));
        began = performance.now();
      },
    });
    const rows = countRows(database, signal);
    return { pageSize, pages, rows };
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
    database.close();
  }
}

/** Of every table that holds rows of its own: not of views and of virtual tables, whose rows lie in tables that are counted. */
export function countRows(database: DatabaseSync, signal?: AbortSignal): Readonly<Record<string, number>> {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")
    .all() as unknown as string[][];
  return Object.fromEntries(
    tables.map(([name = ""]) => {
      signal?.throwIfAborted();
      const [count] = database.prepare(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`).get() as unknown as [number];
      return [name, count];
    }),
  );
}
