import {
  type Append,
  type History,
  isWrite,
  type ListRead,
  type Operation,
  type RegisterRead,
  type RegisterWrite,
  type Transaction,
} from "../checker/history.ts";

/** Makes something of a history untrue: at the place that `pick` says, of those where it can. Undefined where there is none. */
export type Corruption = (history: History, pick: number) => History | undefined;

interface Place<T extends Operation> {
  readonly transaction: Transaction;
  readonly operation: T;
}

function places<T extends Operation>(history: History, isOne: (operation: Operation) => operation is T): readonly Place<T>[] {
  return history.flatMap((transaction) =>
    transaction.outcome === "committed"
      ? transaction.operations.filter(isOne).map((operation) => ({ transaction, operation }))
      : [],
  );
}

function replace<T extends Operation>(
  history: History,
  at: Place<T> | undefined,
  by: Operation | undefined,
): History | undefined {
  if (at === undefined) return undefined;
  return history.map((transaction) =>
    transaction === at.transaction
      ? {
          ...transaction,
          operations: transaction.operations.flatMap((each) => (each === at.operation ? (by ?? []) : each)),
        }
      : transaction,
  );
}

function change(history: History, at: Transaction | undefined, by: Partial<Transaction>): History | undefined {
  return at === undefined ? undefined : history.map((each) => (each === at ? { ...each, ...by } : each));
}

const choose = <T>(from: readonly T[], pick: number): T | undefined => from[pick % from.length];
const atLeast =
  (length: number) =>
  (operation: Operation): operation is ListRead =>
    operation.type === "list" && operation.values.length >= length;

/** A list read whose values are what `values` makes of them. */
const ofList =
  (length: number, values: (values: readonly number[], pick: number) => readonly number[]): Corruption =>
  (history, pick) => {
    const at = choose(places(history, atLeast(length)), pick);
    return replace(history, at, at && { ...at.operation, values: values(at.operation.values, pick >> 8) });
  };

const isLastingWrite = (operation: Operation): operation is Append | RegisterWrite =>
  isWrite(operation) && operation.undone !== true;
const hasWrites = ({ outcome, operations }: Transaction): boolean => outcome === "committed" && operations.some(isLastingWrite);

export const corruptions: Readonly<Record<string, Corruption>> = {
  "two values of a read in the other order": ofList(2, (values, pick) => {
    const first = pick % (values.length - 1);
    return values.map((value, index) =>
      index === first ? (values[first + 1] ?? 0) : index === first + 1 ? (values[first] ?? 0) : value,
    );
  }),
  "a read without its last value": ofList(1, (values) => values.slice(0, -1)),
  "a read without one of its values": ofList(2, (values, pick) =>
    values.filter((_, index) => index !== pick % (values.length - 1)),
  ),
  "a read with a value twice": ofList(1, (values, pick) => [...values, values[pick % values.length] ?? 0]),
  "a write that nobody made": (history, pick) => replace(history, choose(places(history, isLastingWrite), pick), undefined),
  "a commit that was told to be none": (history, pick) =>
    change(history, choose(history.filter(hasWrites), pick), { outcome: "aborted" }),
  "a transaction asked for after all others": (history, pick) => {
    const end = Math.max(...history.map(({ completed }) => (completed === Number.POSITIVE_INFINITY ? 0 : completed)));
    return change(history, choose(history.slice(0, -1).filter(hasWrites), pick), { invoked: end + 1, completed: end + 2 });
  },
  "a register as it was one version ago": (history, pick) => {
    const reads = places(history, (operation): operation is RegisterRead => operation.type === "read" && operation.version > 1);
    const at = choose(reads, pick);
    const version = (at?.operation.version ?? 0) - 1;
    const before = history
      .flatMap(({ operations }) => operations)
      .find((each) => each.type === "write" && each.key === at?.operation.key && each.version === version);
    return before?.type === "write"
      ? replace(history, at, { type: "read", key: before.key, value: before.value, version })
      : undefined;
  },
};
