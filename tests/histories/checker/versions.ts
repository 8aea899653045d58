import type { Anomaly } from "./anomalies.ts";
import { isWrite, type ListRead, type RegisterRead, type Transaction } from "./history.ts";
import type { Writes } from "./writes.ts";

/** The versions of one key in the order in which they followed each other, as far as anybody saw them. */
export interface Chain {
  readonly writers: readonly Transaction[];
  readonly values: readonly number[];
  /** Of a list: who else appended to it. What nobody saw comes after all that was seen. */
  readonly unseen: readonly Transaction[];
  /** How many of the versions had been written when this was read. */
  position(read: ListRead | RegisterRead): number;
}

export interface Versions {
  /** Keys of which two reads disagree are not here: nothing can be concluded from them. */
  readonly chains: ReadonlyMap<string, Chain>;
  readonly anomalies: readonly Anomaly[];
}

interface Reading<R> {
  readonly reader: Transaction;
  readonly read: R;
}

export function readVersions(writes: Writes): Versions {
  const chains = new Map<string, Chain>();
  const anomalies: Anomaly[] = [];
  const add = (key: string, chain: Chain | Anomaly): void => {
    if ("name" in chain) anomalies.push(chain);
    else chains.set(key, chain);
  };
  const lists = new Map<string, Reading<ListRead>[]>();
  const registers = new Map<string, [version: number, value: number, by: Transaction][]>();
  for (const transaction of writes.committed) {
    for (const operation of transaction.operations) {
      const { key } = operation;
      if (operation.type === "list" || operation.type === "append") {
        const readings = lists.get(key) ?? [];
        lists.set(key, readings);
        if (operation.type === "list") readings.push({ reader: transaction, read: operation });
      } else {
        const seen = registers.get(key) ?? [];
        registers.set(key, seen);
        const { version, value } = operation;
        const counts = version !== undefined && value !== null && !(isWrite(operation) && operation.undone === true);
        if (counts) seen.push([version, value, transaction]);
      }
    }
  }
  for (const [key, readings] of lists) add(key, listChain(key, readings, writes));
  for (const [key, seen] of registers) add(key, registerChain(key, seen, writes));
  for (const [key, { values }] of chains) anomalies.push(...ownOrder(key, values, writes));
  return { chains, anomalies };
}

/** The writes of one transaction stand in the order in which it made them. */
function* ownOrder(key: string, values: readonly number[], writes: Writes): Iterable<Anomaly> {
  const last = new Map<Transaction, { readonly order: number; readonly value: number }>();
  for (const value of values) {
    const write = writes.find(key, value);
    if (write === undefined) continue;
    const { transaction, order } = write;
    const before = last.get(transaction);
    last.set(transaction, { order, value });
    if (before === undefined || before.order <= order) continue;
    const explanation = `T${transaction.id} wrote ${value} to ${key} before ${before.value}, and they stand the other way round`;
    yield { name: "incompatible-order", explanation, transactions: [transaction.id] };
  }
}

function listChain(key: string, readings: readonly Reading<ListRead>[], writes: Writes): Chain | Anomaly {
  const longest = readings.reduce<Reading<ListRead> | undefined>(
    (best, reading) => (best === undefined || reading.read.values.length > best.read.values.length ? reading : best),
    undefined,
  );
  const all = longest?.read.values ?? [];
  for (const { reader, read } of readings) {
    if (read.values.every((value, index) => value === all[index])) continue;
    const other = longest?.reader.id ?? reader.id;
    return {
      name: "incompatible-order",
      explanation: `T${reader.id} read ${key} as [${read.values.join(" ")}], T${other} as [${all.join(" ")}]`,
      transactions: [reader.id, other],
    };
  }
  const known = all
    .map((value) => writes.find(key, value))
    .map((write) => (write !== undefined && writes.isCommitted(write.transaction) ? write.transaction : undefined));
  const values = all.filter((_, index) => known[index] !== undefined);
  const seen = new Set(all);
  const unseen = writes.committed.filter(({ operations }) =>
    operations.some(
      (operation) =>
        operation.type === "append" && operation.key === key && operation.undone !== true && !seen.has(operation.value),
    ),
  );
  return {
    writers: known.filter((writer) => writer !== undefined),
    values,
    unseen,
    position: (read) => (read.type === "list" ? read.values.filter((_, index) => known[index] !== undefined).length : 0),
  };
}

function registerChain(
  key: string,
  seen: readonly (readonly [version: number, value: number, by: Transaction])[],
  writes: Writes,
): Chain | Anomaly {
  const byVersion = new Map<number, readonly [value: number, by: Transaction]>();
  for (const [version, value, by] of seen) {
    const other = byVersion.get(version);
    if (other !== undefined && other[0] !== value) {
      return {
        name: "incompatible-order",
        explanation: `version ${version} of ${key} is ${value} for T${by.id} and ${other[0]} for T${other[1].id}`,
        transactions: [by.id, other[1].id],
      };
    }
    byVersion.set(version, [value, by]);
  }
  const entries = [...byVersion].flatMap(([version, [value]]) => {
    const writer = writes.find(key, value)?.transaction;
    return writer !== undefined && writes.isCommitted(writer) ? [{ version, value, writer }] : [];
  });
  entries.sort((left, right) => left.version - right.version);
  return {
    writers: entries.map(({ writer }) => writer),
    values: entries.map(({ value }) => value),
    unseen: [],
    position: (read) => (read.type === "read" ? entries.filter(({ version }) => version <= read.version).length : 0),
  };
}
