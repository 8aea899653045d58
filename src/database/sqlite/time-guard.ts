import type { DatabaseSync } from "node:sqlite";
import { AppError } from "#contract";
import { raw, type Sql, sql } from "../sql/sql.ts";

const functionName = "chassis_in_time";

/**
 * A condition that is always true, and ends the statement once its time is over: node:sqlite cannot interrupt a statement, but
 * what a function throws does. Stands in the WHERE of what callers ask, and looks at the clock for one row in 64: of an outer
 * select by the row's number, which costs next to nothing; of an inner one, which may look at the same few rows a million
 * times, by a random number (measured: about 100 ns a row).
 */
export function timeGuard(rowKey: Sql | undefined): Sql {
  const dice = rowKey ?? raw("random()");
  return sql`(${dice} & 63 OR ${raw(functionName)}())`;
}

/** Calls of our functions that one guarded statement may make: node:sqlite keeps some memory of each until the statement ends. */
const maxCalls = 300_000;

/** A statement that only reads held the event loop for as long as it may: it belongs off it. */
export class SlowStatement extends Error {
  override readonly name: string = "SlowStatement";
}

/** What the statement under way on one connection may still spend, of time and of calls of functions. */
export class StatementBudget {
  readonly #limit: number;
  #end: number = Number.POSITIVE_INFINITY;
  #calls = 0;
  /** Whoever started the statement will run it elsewhere. */
  #movable = false;

  readonly #isInterrupted: () => boolean;

  /** `limit` is in milliseconds. */
  constructor(limit: number, isInterrupted: () => boolean = () => false) {
    this.#limit = limit;
    this.#isInterrupted = isInterrupted;
  }

  /**
   * Before each statement; one that has no time guard may spend what it needs. Within `loopLimit` milliseconds it must end, or
   * `SlowStatement` is thrown.
   */
  start(statement: { readonly isGuarded: boolean }, loopLimit?: number): void {
    this.#movable = loopLimit !== undefined && loopLimit < this.#limit;
    const limit = this.#movable ? (loopLimit as number) : this.#limit;
    this.#end = statement.isGuarded ? performance.now() + limit : Number.POSITIVE_INFINITY;
    this.#calls = 0;
  }

  /** Counts a call of one of our functions; throws `timeout` where time or calls are used up. */
  spendCall(): void {
    if (++this.#calls % 32 !== 0) return;
    if (this.#end === Number.POSITIVE_INFINITY) {
      if (this.#isInterrupted()) throw this.#spent();
      return;
    }
    if (this.#calls > maxCalls) throw this.#spent();
    this.checkTime();
  }

  checkTime(): void {
    if (performance.now() > this.#end || this.#isInterrupted()) throw this.#movable ? new SlowStatement() : this.#spent();
  }

  #spent(): AppError {
    return new AppError("timeout", {
      message: `The query took too long and was stopped: it may take ${this.#limit} ms.`,
      hint: "Ask for fewer rows or relations, or filter and order by columns that have an index.",
    });
  }
}

export function isGuarded(statement: string): boolean {
  return statement.includes(functionName);
}

/** Registers the guard's function on a connection. */
export function registerTimeGuard(database: DatabaseSync, budget: StatementBudget): void {
  database.function(functionName, { deterministic: false }, () => {
    budget.checkTime();
    return 1;
  });
}
