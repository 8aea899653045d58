import type { Edge, Graph, Kind } from "./dependencies.ts";
import type { Transaction } from "./history.ts";

/** The sets of transactions that all lead to each other by such edges (Tarjan 1972): every cycle lies within one. */
export function components(graph: Graph, kinds: ReadonlySet<Kind>): readonly ReadonlySet<Transaction>[] {
  const found: ReadonlySet<Transaction>[] = [];
  const order = new Map<Transaction, number>();
  const lowest = new Map<Transaction, number>();
  const stack: Transaction[] = [];
  const onStack = new Set<Transaction>();
  const enter = (transaction: Transaction): Visit => {
    order.set(transaction, order.size);
    lowest.set(transaction, order.size - 1);
    stack.push(transaction);
    onStack.add(transaction);
    return { transaction, edges: (graph.get(transaction) ?? [])[Symbol.iterator]() };
  };
  const lower = (transaction: Transaction, to: number | undefined): void => {
    lowest.set(transaction, Math.min(lowest.get(transaction) ?? 0, to ?? 0));
  };
  const leave = (transaction: Transaction): void => {
    if (lowest.get(transaction) !== order.get(transaction)) return;
    const component = new Set(stack.splice(stack.lastIndexOf(transaction)));
    for (const member of component) onStack.delete(member);
    if (component.size > 1) found.push(component);
  };
  for (const root of graph.keys()) {
    if (order.has(root)) continue;
    // A stack of our own: a long history in one line would be too deep for that of calls.
    const visits = [enter(root)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const { done, value: edge } = visit.edges.next();
      if (done === true) {
        visits.pop();
        leave(visit.transaction);
        const parent = visits.at(-1)?.transaction;
        if (parent !== undefined) lower(parent, lowest.get(visit.transaction));
      } else if (kinds.has(edge.kind)) {
        if (!order.has(edge.to)) visits.push(enter(edge.to));
        else if (onStack.has(edge.to)) lower(visit.transaction, order.get(edge.to));
      }
    }
  }
  return found;
}

interface Visit {
  readonly transaction: Transaction;
  readonly edges: Iterator<Edge>;
}
