import type { Connection } from "../../driver.ts";
import { SlowStatement as TooSlowForTheLoop } from "../time-guard.ts";

/** A statement that read for long, without the values it was run with. */
export interface SlowStatement {
  readonly sql: string;
  /** How often it was slow since the database was opened. */
  readonly count: number;
  /** Milliseconds that it took at the longest, with its wait for a thread. */
  readonly longest: number;
}

/** Statements remembered at most; beyond, the one that was slow longest ago is forgotten. */
const MAX_STATEMENTS = 100;
/** A longer text is not kept: nobody would read it, and so many would be megabytes. */
const MAX_LENGTH = 20_000;

/** Which statements were slow, how often and how much: for whoever looks for an index that is missing. */
export class SlowStatements {
  readonly #limit: number;
  readonly #found = new Map<string, SlowStatement>();

  /** `limit`: milliseconds from which on a statement is slow. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  list(): readonly SlowStatement[] {
    return [...this.#found.values()];
  }

  /** Runs it and notes what it took; what was stopped to be run elsewhere is noted there. */
  async time<T>(sql: string, statement: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      const result = await statement();
      this.note(sql, performance.now() - start);
      return result;
    } catch (error) {
      if (!(error instanceof TooSlowForTheLoop)) this.note(sql, performance.now() - start);
      throw error;
    }
  }

  note(sql: string, milliseconds: number): void {
    if (milliseconds < this.#limit || sql.length > MAX_LENGTH || !/^\s*(?:SELECT|WITH)\b/i.test(sql)) return;
    const { count = 0, longest = 0 } = this.#found.get(sql) ?? {};
    this.#found.delete(sql);
    const [oldest] = this.#found.keys();
    if (this.#found.size >= MAX_STATEMENTS && oldest !== undefined) this.#found.delete(oldest);
    this.#found.set(sql, { sql, count: count + 1, longest: Math.max(longest, milliseconds) });
  }

  /** The same connection, timed. What people write themselves (`execute`) is not: values may stand in it. */
  timed(connection: Connection): Connection {
    return {
      all: (sql, parameters) => this.time(sql, () => connection.all(sql, parameters)),
      get: (sql, parameters) => this.time(sql, () => connection.get(sql, parameters)),
      run: (sql, parameters) => connection.run(sql, parameters),
      execute: (sql, parameters) => connection.execute(sql, parameters),
    };
  }
}
