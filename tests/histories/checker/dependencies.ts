import { isWrite, type Transaction } from "./history.ts";
import type { Chain, Versions } from "./versions.ts";
import type { Writes } from "./writes.ts";

/**
 * Why one transaction comes before another: it wrote the version before (`ww`), the version that was read (`wr`), read the version
 * before (`rw`), or was answered before the other was asked for (`rt`).
 */
export type Kind = "ww" | "wr" | "rw" | "rt";

export interface Edge {
  readonly from: Transaction;
  readonly to: Transaction;
  readonly kind: Kind;
  readonly reason: string;
}

/** The edges that leave each transaction. */
export type Graph = ReadonlyMap<Transaction, readonly Edge[]>;

export function dependencies({ committed }: Writes, { chains }: Versions): Graph {
  const graph = new Map<Transaction, Edge[]>(committed.map((transaction) => [transaction, []]));
  const known = new Set<string>();
  const add = (edge: Edge): void => {
    const name = `${edge.from.id} ${edge.kind} ${edge.to.id}`;
    if (edge.from === edge.to || known.has(name)) return;
    known.add(name);
    graph.get(edge.from)?.push(edge);
  };
  for (const [key, chain] of chains) for (const edge of writeEdges(key, chain)) add(edge);
  for (const reader of committed) {
    for (const operation of reader.operations) {
      if (isWrite(operation)) continue;
      const chain = chains.get(operation.key);
      if (chain === undefined) continue;
      for (const edge of readEdges(reader, operation.key, chain, chain.position(operation))) add(edge);
    }
  }
  for (const edge of realTimeEdges(committed)) add(edge);
  return graph;
}

function* writeEdges(key: string, { writers, values, unseen }: Chain): Iterable<Edge> {
  const reason = (place: number): string => `wrote ${values[place]} to ${key}, after which came`;
  for (const [place, from] of writers.entries()) {
    const to = writers[place + 1];
    if (to !== undefined) yield { from, to, kind: "ww", reason: `${reason(place)} ${values[place + 1]} of` };
    else for (const later of unseen) yield { from, to: later, kind: "ww", reason: `${reason(place)} what nobody saw of` };
  }
}

function* readEdges(reader: Transaction, key: string, { writers, values, unseen }: Chain, position: number): Iterable<Edge> {
  const writer = writers[position - 1];
  if (writer !== undefined) {
    yield { from: writer, to: reader, kind: "wr", reason: `wrote ${values[position - 1]} to ${key}, which was read by` };
  }
  const next = nextOther(reader, writers, position);
  if (next !== undefined) {
    const value = values[next];
    yield { from: reader, to: writers[next] ?? reader, kind: "rw", reason: `read ${key} without ${value}, which was written by` };
  } else for (const to of unseen) yield { from: reader, to, kind: "rw", reason: `read ${key} without the append of` };
}

/** The first later version that the reader did not write itself. */
function nextOther(reader: Transaction, writers: readonly Transaction[], position: number): number | undefined {
  for (let place = position; place < writers.length; place++) if (writers[place] !== reader) return place;
  return undefined;
}

/**
 * Not every pair, which would be the square of them: the transactions that had ended when one began, without those that had ended
 * when one of these began.
 */
function* realTimeEdges(committed: readonly Transaction[]): Iterable<Edge> {
  const events = committed.flatMap((transaction) => [
    { moment: transaction.invoked, transaction, begins: true },
    { moment: transaction.completed, transaction, begins: false },
  ]);
  // At one and the same moment nothing is known of the order: what begins there began before what ends.
  events.sort((left, right) => left.moment - right.moment || Number(right.begins) - Number(left.begins));
  const ended = new Set<Transaction>();
  const implied = new Map<Transaction, readonly Transaction[]>();
  for (const { transaction, begins, moment } of events) {
    if (moment === Number.POSITIVE_INFINITY) break;
    if (begins) {
      const before = [...ended];
      implied.set(transaction, before);
      for (const from of before) yield { from, to: transaction, kind: "rt", reason: "was answered before the asking for" };
    } else {
      for (const older of implied.get(transaction) ?? []) ended.delete(older);
      ended.add(transaction);
    }
  }
}
