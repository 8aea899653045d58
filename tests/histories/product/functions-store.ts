import { join } from "node:path";
import {
  createDbOpener,
  createFunctions,
  createRecordStore,
  type Functions,
  type Path,
  type RecordStore,
  system,
} from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { AppError } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import type { Operation } from "../checker/history.ts";
import { isWrite, Refused, type Store, type Task, type Work, type WriteTask } from "../run/run-plan.ts";
import { backend, takenMark } from "./backend.ts";
import { Tally } from "./tally.ts";

/** Milliseconds that a transaction, and a function, may take here: as few as a planned stall can outlast. */
const timeLimit = 40;

/** What a database that is asked for too much, or for too long, says of a transaction that did not happen. */
const refusals: ReadonlySet<string> = new Set(["timeout", "overloaded", "forbidden"]);

const insert = { type: "insert", rowForm: "json", missing: "default", values: [], form: "json" } as const;

interface RegisterRow {
  readonly value: number;
  readonly version: number;
}

/**
 * The functions of a back end on a database whose limits are reached all the time: few may wait, no transaction may be long, and
 * nearly every read is too slow for the event loop, so that threads do it.
 */
export class HurriedFunctions {
  readonly #database: SqliteDatabase;
  readonly #functions: Functions;
  readonly #records: RecordStore;
  readonly tally = new Tally();
  #runs = 0;

  private constructor(database: SqliteDatabase, functions: Functions, records: RecordStore) {
    this.#database = database;
    this.#functions = functions;
    this.#records = records;
  }

  static async start(folder: string): Promise<HurriedFunctions> {
    const { model, rules } = backend;
    const [clock, ids, logger] = [systemClock, createIdSource(systemClock), silentLogger];
    const database = await openSqlite({
      path: join(folder, "hurried.db"),
      maxWaiting: 12,
      transactionTimeLimit: timeLimit,
      loopLimit: 0.02,
      readerThreads: 2,
    });
    await prepareDatabase(database, model);
    const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids });
    const dbs = createDbOpener({ model, clock, ids });
    const functions = createFunctions({ functions: backend.functions, model, records, clock, logger, dbs, timeLimit });
    // So many others that to look for one of them is slow.
    const others = Array.from({ length: 4000 }, (_, index) => ({ id: `other-${index}`, value: 0 }));
    const fill = async (own: Pick<RecordStore, "write">): Promise<void> => {
      await own.write({ ...insert, table: "entries", rows: [{ list: "none", value: 0, mark: takenMark }] }, system);
      for (let at = 0; at < others.length; at += 1000) {
        await own.write({ ...insert, table: "registers", rows: others.slice(at, at + 1000) }, system);
      }
    };
    await records.transaction(fill, { timeLimit: 60_000 });
    return new HurriedFunctions(database, functions, records);
  }

  /** The database for one history: its keys belong to it alone. */
  readonly store = (): Store => {
    const prefix = `${++this.#runs}-`;
    return { run: (work) => this.#run(prefix, work) };
  };

  async #run(prefix: string, { tasks, way, fails, signal }: Work): Promise<readonly Operation[]> {
    const input = {
      tasks: tasks.map((task): Task => (task.do === "pause" ? task : { ...task, key: prefix + task.key })),
      fails: fails === "throw",
      stalls: fails === "stall" ? timeLimit * 2 : 0,
      sql: way % 2 === 1,
    };
    const [task] = input.tasks;
    const isAlone = input.tasks.length === 1 && fails === false;
    const single = isAlone && (task?.do === "set" || task?.do === "append") ? task : undefined;
    const name = single?.do ?? (way % 4 < 2 && !tasks.some(isWrite) ? "look" : "change");
    return this.tally.count(`${name}${input.sql ? " by SQL" : ""}`, signal, async () => {
      try {
        const operations =
          (single === undefined ? undefined : await this.#write(single, signal)) ??
          ((await this.#functions.call(name === "look" ? "look" : "change", input, null, { signal })) as readonly Operation[]);
        return operations.map((operation) => ({ ...operation, key: operation.key.slice(prefix.length) }));
      } catch (error) {
        if (!signal.aborted && error instanceof AppError && refusals.has(error.error)) throw new Refused(error.error);
        throw error;
      }
    });
  }

  async #write(task: WriteTask, signal: AbortSignal): Promise<readonly Operation[] | undefined> {
    const { key, value } = task;
    if (task.do === "set") return this.#replace(task, signal);
    await this.#records.write({ ...insert, table: "entries", rows: [{ list: key, value }] }, null, { signal });
    return [{ type: "append", key, value }];
  }

  /**
   * Reads a register, and writes it by an update that finds it only while it has the value that was read. The update may share its commit
   * with others, and has to look for its row, which takes it to a thread. Undefined where there is no such register yet.
   */
  async #replace({ key, value }: WriteTask, signal: AbortSignal): Promise<readonly Operation[] | undefined> {
    const path = (column: string): Path => ({ column, json: [] });
    const row = { items: ["value", "version"].map((column) => ({ type: "field", path: path(column) }) as const) };
    const isKey = { type: "compare", path: path("id"), operator: "like", value: 0 } as const;
    const selection = { ...row, where: isKey };
    const found = await this.#records.read({ table: "registers", selection, values: [key], form: "json" }, null);
    const [read] = JSON.parse(found.json) as readonly RegisterRow[];
    if (read === undefined) return undefined;
    const isUnchanged = { type: "compare", path: path("value"), operator: "eq", value: 1 } as const;
    const where = { type: "and", conditions: [isKey, isUnchanged] } as const;
    const query = { table: "registers", set: { value }, values: [key, read.value], form: "json", returning: row } as const;
    const { json = "[]" } = await this.#records.write({ type: "update", where, ...query }, null, { signal });
    const [written] = JSON.parse(json) as readonly RegisterRow[];
    if (written === undefined) throw new Refused("changed");
    return [
      { type: "read", key, ...read },
      { type: "write", key, ...written },
    ];
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
