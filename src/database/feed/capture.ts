import type { Connection } from "../driver.ts";
import type { Table } from "../model/model.ts";
import type { ChangeSession, ChangeSource } from "./change-source.ts";
import { readChanges } from "./read-changes.ts";
import type { RowChange } from "./row-change.ts";

/** With so few tables a session for each costs less than one that notes every change of all, of search indexes too. */
const fewTables = 4;

/** The changes of some tables, from the moment it is made. */
export class Capture {
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #sessions: readonly ChangeSession[];

  constructor(source: ChangeSource, tables: ReadonlyMap<string, Table>) {
    this.#tables = tables;
    this.#sessions =
      tables.size > fewTables ? [source.startSession()] : [...tables.keys()].map((name) => source.startSession(name));
  }

  /** What has changed so far. Undefined where it cannot be told, because the tables themselves were changed. */
  take(): Captured | undefined {
    try {
      return new Captured(
        this.#sessions.map((session) => session.changeset()).filter((bytes) => bytes.length > 0),
        this.#tables,
      );
    } catch {
      return undefined;
    }
  }

  close(): void {
    for (const session of this.#sessions) session.close();
  }
}

/** Changes as SQLite lists them. */
export class Captured {
  readonly #changesets: readonly Uint8Array[];
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(changesets: readonly Uint8Array[], tables: ReadonlyMap<string, Table>) {
    this.#changesets = changesets;
    this.#tables = tables;
  }

  get bytes(): number {
    return this.#changesets.reduce((sum, { length }) => sum + length, 0);
  }

  /** Must be awaited before anything else is written in the transaction. */
  read(connection: Connection): Promise<readonly RowChange[]> {
    return readChanges(this.#changesets, this.#tables, connection);
  }

  equals(other: Captured): boolean {
    const [mine, others] = [this.#changesets, other.#changesets];
    return mine.length === others.length && mine.every((bytes, index) => Buffer.compare(bytes, others[index] ?? bytes) === 0);
  }
}
