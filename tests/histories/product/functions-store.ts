import { join } from "node:path";
import { createDbOpener, createFunctions, createRecordStore, type Functions, system } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { AppError } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import type { Operation } from "../checker/history.ts";
import { isWrite, Refused, type Store, type Task, type Work } from "../run/run-plan.ts";
import { backend, takenMark } from "./backend.ts";
import { Tally } from "./tally.ts";

/** Milliseconds that a transaction, and a function, may take here: as few as a planned stall can outlast. */
const timeLimit = 40;

/** What a database that is asked for too much, or for too long, says of a transaction that did not happen. */
const refusals: ReadonlySet<string> = new Set(["timeout", "overloaded", "forbidden"]);

/**
 * The functions of a back end on a database whose limits are reached all the time: few may wait, no transaction may be long, and
 * nearly every read is too slow for the event loop, so that threads do it.
 */
export class HurriedFunctions {
  readonly #database: SqliteDatabase;
  readonly #functions: Functions;
  readonly tally = new Tally();
  #runs = 0;

  private constructor(database: SqliteDatabase, functions: Functions) {
    this.#database = database;
    this.#functions = functions;
  }

  static async start(folder: string): Promise<HurriedFunctions> {
    const { model, rules } = backend;
    const [clock, ids, logger] = [systemClock, createIdSource(systemClock), silentLogger];
    const database = await openSqlite({
      path: join(folder, "hurried.db"),
      maxWaiting: 6,
      transactionTimeLimit: timeLimit,
      loopLimit: 0.05,
      readerThreads: 2,
    });
    await prepareDatabase(database, model);
    const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids });
    const dbs = createDbOpener({ model, clock, ids });
    const functions = createFunctions({ functions: backend.functions, model, records, clock, logger, dbs, timeLimit });
    const rows = [{ list: "none", value: 0, mark: takenMark }];
    await records.write(
      { type: "insert", table: "entries", rows, rowForm: "json", missing: "default", values: [], form: "json" },
      system,
    );
    return new HurriedFunctions(database, functions);
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
    const name = way % 4 < 2 && !tasks.some(isWrite) ? "look" : "change";
    return this.tally.count(`${name}${input.sql ? " by SQL" : ""}`, signal, async () => {
      try {
        const operations = (await this.#functions.call(name, input, null, { signal })) as readonly Operation[];
        return operations.map((operation) => ({ ...operation, key: operation.key.slice(prefix.length) }));
      } catch (error) {
        if (!signal.aborted && error instanceof AppError && refusals.has(error.error)) throw new Refused(error.error);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
