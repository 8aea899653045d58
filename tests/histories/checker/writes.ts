import { type History, isWrite, type Transaction } from "./history.ts";

/** One write, by the key and the value of it. */
export interface Write {
  readonly transaction: Transaction;
  /** How many writes its transaction made before. */
  readonly order: number;
  readonly undone: boolean;
  /** The last of its transaction to that key: what others may see. */
  readonly isLast: boolean;
}

/** Who wrote what, and who of them took effect. */
export interface Writes {
  find(key: string, value: number): Write | undefined;
  /** Those that committed: as their clients were told, or as others saw of those whose clients were told nothing. */
  readonly committed: readonly Transaction[];
  isCommitted(transaction: Transaction): boolean;
}

export function readWrites(history: History): Writes {
  const byKey = indexWrites(history);
  const find: Writes["find"] = (key, value) => byKey.get(key)?.get(value);
  const seen = new Set<Transaction>();
  for (const { transaction } of seenWrites(history, find)) if (transaction.outcome === "unknown") seen.add(transaction);
  const isCommitted = (transaction: Transaction): boolean => transaction.outcome === "committed" || seen.has(transaction);
  return { find, committed: history.filter(isCommitted), isCommitted };
}

function indexWrites(history: History): ReadonlyMap<string, ReadonlyMap<number, Write>> {
  const byKey = new Map<string, Map<number, Write>>();
  for (const transaction of history) {
    if (transaction.outcome === "unknown" && transaction.completed !== Number.POSITIVE_INFINITY) {
      throw new Error(`The history is no good: T${transaction.id} has no outcome and an end.`);
    }
    const writes = transaction.operations.filter(isWrite);
    for (const [index, { key, value, undone = false }] of writes.entries()) {
      const ofKey = byKey.get(key) ?? new Map<number, Write>();
      byKey.set(key, ofKey);
      if (ofKey.has(value)) throw new Error(`The history is no good: ${value} was written to ${key} twice.`);
      const isLast = !writes.slice(index + 1).some((later) => later.key === key && later.undone !== true);
      ofKey.set(value, { transaction, order: index, undone, isLast });
    }
  }
  return byKey;
}

function* seenWrites(history: History, find: Writes["find"]): Iterable<Write> {
  for (const { operations, outcome } of history) {
    if (outcome !== "committed") continue;
    for (const operation of operations) {
      if (isWrite(operation)) continue;
      const values = operation.type === "list" ? operation.values : operation.value === null ? [] : [operation.value];
      for (const value of values) {
        const write = find(operation.key, value);
        if (write !== undefined && !write.undone) yield write;
      }
    }
  }
}
