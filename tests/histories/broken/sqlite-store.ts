import { DatabaseSync } from "node:sqlite";
import type { Operation } from "../checker/history.ts";
import {
  isRead,
  isWrite,
  type ReadTask,
  Refused,
  type Store,
  type Task,
  turns,
  type Work,
  type WriteTask,
} from "../run/run-plan.ts";

/** Ways to use a database, all but the first of them wrong. */
export type Misuse =
  /** One transaction at a time, all of it on one connection. */
  | "none"
  | "no transaction"
  | "reads before the transaction"
  | "reads on the writer's connection"
  | "reads of several statements"
  | "snapshot isolation"
  | "commits that are lost"
  | "reads from an old copy"
  | "savepoints that undo nothing"
  | "retries that write again";

/** SQLite as a program would use it that knows nothing of ours. */
export class SqliteStore implements Store {
  readonly #writer: DatabaseSync;
  readonly #reader: DatabaseSync;
  readonly #path: string;
  readonly #misuse: Misuse;
  #line: Promise<void> = Promise.resolve();
  #commits = 0;
  #looks = 0;

  constructor(path: string, misuse: Misuse) {
    this.#path = path;
    this.#misuse = misuse;
    this.#writer = new DatabaseSync(path);
    this.#writer.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
      CREATE TABLE entries (place INTEGER PRIMARY KEY AUTOINCREMENT, list TEXT NOT NULL, value INTEGER NOT NULL) STRICT;
      CREATE TABLE registers (name TEXT PRIMARY KEY, value INTEGER NOT NULL, version INTEGER NOT NULL) STRICT`);
    this.#reader = new DatabaseSync(path, { readOnly: true });
  }

  async run(work: Work): Promise<readonly Operation[]> {
    const onlyReads = !work.tasks.some(isWrite);
    if (onlyReads) return this.#look(work);
    switch (this.#misuse) {
      case "no transaction":
        return this.#runTasks(this.#writer, work);
      case "reads before the transaction": {
        const early = new Map<Task, Operation>();
        for (const task of work.tasks) {
          if (isRead(task)) early.set(task, ...this.#do(this.#reader, task));
          else if (task.do === "pause") await turns(task.turns);
        }
        return this.#inTurn(() => this.#transaction(work, early));
      }
      case "snapshot isolation":
        return this.#snapshotIsolation(work);
      default:
        return this.#inTurn(() => this.#transaction(work));
    }
  }

  /** A transaction that only reads. */
  async #look(work: Work): Promise<readonly Operation[]> {
    switch (this.#misuse) {
      case "reads on the writer's connection":
      case "no transaction":
        return this.#runTasks(this.#writer, work);
      case "reads of several statements":
        return this.#runTasks(this.#reader, work);
      case "reads from an old copy":
        // A new one for every third.
        if (this.#looks++ % 3 === 0) {
          if (this.#reader.isTransaction) this.#reader.exec("COMMIT");
          this.#reader.exec("BEGIN; SELECT 1 FROM entries");
        }
        return this.#runTasks(this.#reader, work);
      default:
        return this.#onSnapshot((connection) => this.#runTasks(connection, work));
    }
  }

  async #transaction(work: Work, early?: ReadonlyMap<Task, Operation>): Promise<readonly Operation[]> {
    this.#writer.exec("BEGIN IMMEDIATE");
    try {
      const operations = await this.#runTasks(this.#writer, work, early);
      const isLost = this.#misuse === "commits that are lost" && ++this.#commits % 5 === 0;
      this.#writer.exec(isLost ? "ROLLBACK" : "COMMIT");
      return operations;
    } catch (error) {
      this.#writer.exec("ROLLBACK");
      throw error;
    }
  }

  /** Reads see one moment, and the first of two that write the same key wins: all that many databases promise by default. */
  async #snapshotIsolation(work: Work): Promise<readonly Operation[]> {
    return this.#onSnapshot(async (snapshot) => {
      const writes = work.tasks.filter(isWrite).filter((task) => task.do !== "undone");
      const marks = writes.map((task) => mark(snapshot, task.key));
      const seen = new Map<Task, Operation>();
      for (const task of work.tasks) {
        if (task.do === "pause") await turns(task.turns);
        else if (isRead(task)) seen.set(task, ...this.#do(snapshot, task));
      }
      if (work.fails !== false) throw new Refused("as planned");
      return this.#inTurn(async () => {
        if (writes.some((task, index) => mark(this.#writer, task.key) !== marks[index])) throw new Refused("somebody was first");
        this.#writer.exec("BEGIN IMMEDIATE");
        // Own reads come before own writes here, so that nothing needs to be put together.
        const done = [...seen.values(), ...writes.flatMap((task) => this.#do(this.#writer, task))];
        this.#writer.exec("COMMIT");
        return done;
      });
    });
  }

  async #onSnapshot<T>(work: (connection: DatabaseSync) => Promise<T>): Promise<T> {
    const connection = new DatabaseSync(this.#path);
    try {
      connection.exec("BEGIN; SELECT 1 FROM entries LIMIT 1");
      return await work(connection);
    } finally {
      connection.close();
    }
  }

  async #runTasks(
    connection: DatabaseSync,
    { tasks, fails }: Work,
    early?: ReadonlyMap<Task, Operation>,
  ): Promise<readonly Operation[]> {
    const operations: Operation[] = [];
    for (const task of tasks) {
      const known = early?.get(task);
      if (task.do === "pause") await turns(early === undefined ? task.turns : 0);
      else operations.push(...(known === undefined ? this.#do(connection, task) : [known]));
    }
    if (fails !== false) throw new Refused("as planned");
    return operations;
  }

  #do(connection: DatabaseSync, task: ReadTask | WriteTask): [Operation] {
    const { key } = task;
    switch (task.do) {
      case "list": {
        const rows = connection.prepare("SELECT value FROM entries WHERE list = ? ORDER BY place").all(key);
        return [{ type: "list", key, values: rows.map(({ value }) => Number(value)) }];
      }
      case "get": {
        const row = connection.prepare("SELECT value, version FROM registers WHERE name = ?").get(key);
        return [
          { type: "read", key, value: row === undefined ? null : Number(row["value"]), version: Number(row?.["version"] ?? 0) },
        ];
      }
      case "append": {
        const again = this.#misuse === "retries that write again" && task.value % 7 === 0;
        for (let time = again ? 0 : 1; time < 2; time++) append(connection, key, task.value);
        return [{ type: "append", key, value: task.value }];
      }
      case "undone":
        if (this.#misuse === "savepoints that undo nothing") append(connection, key, task.value);
        return [{ type: "append", key, value: task.value, undone: true }];
      case "set": {
        const row = connection
          .prepare(
            `INSERT INTO registers VALUES (?, ?, 1)
             ON CONFLICT DO UPDATE SET value = excluded.value, version = version + 1 RETURNING version`,
          )
          .get(key, task.value);
        return [{ type: "write", key, value: task.value, version: Number(row?.["version"]) }];
      }
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#line;
    const done = Promise.withResolvers<void>();
    this.#line = done.promise;
    await before;
    try {
      return await work();
    } finally {
      done.resolve();
    }
  }

  close(): void {
    this.#reader.close();
    this.#writer.close();
  }
}

function append(connection: DatabaseSync, list: string, value: number): void {
  connection.prepare("INSERT INTO entries (list, value) VALUES (?, ?)").run(list, value);
}

/** What changes with every write of a key. */
function mark(connection: DatabaseSync, key: string): number {
  const row = connection
    .prepare(
      "SELECT (SELECT count(*) FROM entries WHERE list = ?1) + (SELECT coalesce(sum(version), 0) FROM registers WHERE name = ?1) AS mark",
    )
    .get(key);
  return Number(row?.["mark"]);
}
