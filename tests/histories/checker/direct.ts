import type { Anomaly } from "./anomalies.ts";
import { isWrite, type Operation, type Transaction } from "./history.ts";
import type { Versions } from "./versions.ts";
import type { Writes } from "./writes.ts";

/** What can be told from one read, or from two. */
export function directAnomalies(writes: Writes, { chains }: Versions): readonly Anomaly[] {
  return [
    ...writes.committed.flatMap((transaction) => [...readAnomalies(transaction, writes), ...internalAnomalies(transaction)]),
    ...lostUpdates(writes, chains),
    ...lostWrites(writes, chains),
  ];
}

/** The values that an operation saw, the newest last. */
function valuesSeen(operation: Operation): readonly number[] {
  if (operation.type === "list") return operation.values;
  return operation.type === "read" && operation.value !== null ? [operation.value] : [];
}

function* readAnomalies(reader: Transaction, writes: Writes): Iterable<Anomaly> {
  for (const operation of reader.operations) {
    const values = valuesSeen(operation);
    const { key } = operation;
    const saw = `T${reader.id} read ${key} as [${values.join(" ")}]`;
    if (new Set(values).size < values.length) {
      yield { name: "duplicate", explanation: `${saw}, where a value stands twice`, transactions: [reader.id] };
    }
    for (const [index, value] of values.entries()) {
      const write = writes.find(key, value);
      if (write === undefined) {
        yield { name: "garbage-read", explanation: `${saw}, and nobody wrote ${value}`, transactions: [reader.id] };
        continue;
      }
      const { transaction: writer, undone, isLast } = write;
      const transactions = [writer.id, reader.id];
      if (undone || writer.outcome === "aborted") {
        yield { name: "G1a", explanation: `${saw}, and T${writer.id} took ${value} back`, transactions };
      } else if (writer !== reader && index === values.length - 1 && !isLast) {
        yield { name: "G1b", explanation: `${saw}, and T${writer.id} wrote more to it after ${value}`, transactions };
      }
    }
  }
}

/** Follows each key through one transaction: what it must hold, as far as that is known. */
function* internalAnomalies({ id, operations }: Transaction): Iterable<Anomaly> {
  /** The end of the key that is known, and whether it is the whole of it. */
  const known = new Map<string, { readonly values: readonly number[]; readonly whole: boolean }>();
  for (const operation of operations) {
    const { key } = operation;
    if (isWrite(operation)) {
      if (operation.undone === true) continue;
      const before = known.get(key) ?? { values: [], whole: false };
      known.set(
        key,
        operation.type === "write"
          ? { values: [operation.value], whole: true }
          : { values: [...before.values, operation.value], whole: before.whole },
      );
      continue;
    }
    const values = valuesSeen(operation);
    const expected = known.get(key);
    if (expected !== undefined && !endsWith(values, expected)) {
      const wanted = `${expected.whole ? "" : "... "}${expected.values.join(" ")}`;
      yield {
        name: "internal",
        explanation: `T${id} read ${key} as [${values.join(" ")}], after which it had to be [${wanted}]`,
        transactions: [id],
      };
    }
    known.set(key, { values, whole: true });
  }
}

function endsWith(values: readonly number[], { values: end, whole }: { values: readonly number[]; whole: boolean }): boolean {
  if (whole ? values.length !== end.length : values.length < end.length) return false;
  const start = values.length - end.length;
  return end.every((value, index) => value === values[start + index]);
}

function* lostUpdates({ committed }: Writes, chains: Versions["chains"]): Iterable<Anomaly> {
  const readersOf = new Map<string, Transaction>();
  for (const transaction of committed) {
    for (const [key, position] of updates(transaction, chains)) {
      const other = readersOf.get(`${key} ${position}`);
      readersOf.set(`${key} ${position}`, transaction);
      if (other === undefined) continue;
      const version = chains.get(key)?.values[position - 1] ?? "nothing";
      const explanation = `T${other.id} and T${transaction.id} both read ${key} when its last write was ${version}, and both wrote to it`;
      yield { name: "lost-update", explanation, transactions: [other.id, transaction.id] };
    }
  }
}

/** The keys that a transaction read before it wrote them, and how far they were then. */
function updates({ operations }: Transaction, chains: Versions["chains"]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const read = new Map<string, number>();
  const written = new Set<string>();
  for (const operation of operations) {
    const { key } = operation;
    if (isWrite(operation)) {
      if (operation.undone === true) continue;
      const position = read.get(key);
      if (position !== undefined && !written.has(key)) found.set(key, position);
      written.add(key);
    } else if (!read.has(key)) {
      const position = chains.get(key)?.position(operation);
      if (position !== undefined) read.set(key, position);
    }
  }
  return found;
}

function* lostWrites({ committed }: Writes, chains: Versions["chains"]): Iterable<Anomaly> {
  for (const [key, { unseen }] of chains) {
    for (const writer of unseen) {
      const reader = committed.find(
        ({ invoked, operations }) =>
          invoked > writer.completed && operations.some((operation) => operation.type === "list" && operation.key === key),
      );
      if (reader === undefined) continue;
      const explanation = `T${writer.id} was told that its append to ${key} is there, and T${reader.id}, asked for later, did not see it`;
      yield { name: "lost-write", explanation, transactions: [writer.id, reader.id] };
    }
  }
}
