/** What the clients of a database saw: all that the checker knows. */
export type History = readonly Transaction[];

export interface Transaction {
  readonly id: number;
  /** In the order in which the transaction did them. What was read by a transaction that did not commit is left out: nobody saw it. */
  readonly operations: readonly Operation[];
  /** `aborted`: its client was told that nothing of it happened. `unknown`: its client was told nothing. */
  readonly outcome: "committed" | "aborted" | "unknown";
  /** When it was asked for and when it was answered, on one clock that never goes back. Without an answer: Infinity. */
  readonly invoked: number;
  readonly completed: number;
}

/** No value is written to one key twice: so whoever reads it knows who wrote it. */
export type Operation = Append | ListRead | RegisterWrite | RegisterRead;

interface Written {
  readonly key: string;
  readonly value: number;
  /** The transaction went on and took it back before its end (a savepoint): it must never be seen. */
  readonly undone?: true;
}

/** A value at the end of a list. A list tells the whole order of its writes to whoever reads it. */
export interface Append extends Written {
  readonly type: "append";
}

export interface ListRead {
  readonly type: "list";
  readonly key: string;
  readonly values: readonly number[];
}

/** A register tells the order of its writes by a number that goes up with each. */
export interface RegisterWrite extends Written {
  readonly type: "write";
  /** As the database told it; undefined where it did not. */
  readonly version: number | undefined;
}

export interface RegisterRead {
  readonly type: "read";
  readonly key: string;
  /** The value that stood there and its version; version 0 and null before the first write. */
  readonly value: number | null;
  readonly version: number;
}

export function isWrite(operation: Operation): operation is Append | RegisterWrite {
  return operation.type === "append" || operation.type === "write";
}
