import type { Anomaly, AnomalyName } from "./anomalies.ts";
import { components } from "./components.ts";
import type { Edge, Graph, Kind } from "./dependencies.ts";
import type { Transaction } from "./history.ts";

/** A cycle of one kind: one edge of `first`, and back to where it began by edges of `rest`. */
interface Shape {
  readonly name: AnomalyName;
  readonly first: Kind;
  readonly rest: readonly Kind[];
}

/** The plainest first: what is found of the earlier is not looked for among the later. */
const shapes: readonly Shape[] = [
  { name: "G0", first: "ww", rest: ["ww"] },
  { name: "G1c", first: "wr", rest: ["ww", "wr"] },
  { name: "G-single", first: "rw", rest: ["ww", "wr"] },
  { name: "G2", first: "rw", rest: ["ww", "wr", "rw"] },
  { name: "stale-read", first: "rw", rest: ["ww", "wr", "rt"] },
  { name: "real-time", first: "rt", rest: ["ww", "wr", "rw", "rt"] },
];

/** The shortest cycle of the plainest shape in each set of transactions that cannot be put in any order. */
export function cycleAnomalies(graph: Graph): readonly Anomaly[] {
  const found: Anomaly[] = [];
  const explained = new Set<Transaction>();
  // Without real time first: a cycle that needs no clock says more.
  for (const kinds of [
    ["ww", "wr", "rw"],
    ["ww", "wr", "rw", "rt"],
  ] satisfies Kind[][]) {
    for (const component of components(graph, new Set(kinds))) {
      if ([...component].some((transaction) => explained.has(transaction))) continue;
      for (const transaction of component) explained.add(transaction);
      const anomaly = plainest(graph, component);
      if (anomaly !== undefined) found.push(anomaly);
    }
  }
  return found;
}

function plainest(graph: Graph, component: ReadonlySet<Transaction>): Anomaly | undefined {
  for (const shape of shapes) {
    const cycle = shortestCycle(graph, component, shape);
    if (cycle !== undefined)
      return { name: shape.name, explanation: explain(cycle), transactions: cycle.map(({ from }) => from.id) };
  }
  return undefined;
}

function shortestCycle(graph: Graph, component: ReadonlySet<Transaction>, { first, rest }: Shape): readonly Edge[] | undefined {
  let shortest: readonly Edge[] | undefined;
  const kinds = new Set(rest);
  for (const transaction of component) {
    for (const edge of graph.get(transaction) ?? []) {
      if (edge.kind !== first || !component.has(edge.to)) continue;
      const back = shortestPath(graph, { from: edge.to, to: edge.from, within: component, kinds });
      if (back === undefined || (shortest !== undefined && back.length + 1 >= shortest.length)) continue;
      shortest = [edge, ...back];
      if (shortest.length === 2) return shortest;
    }
  }
  return shortest;
}

interface Search {
  readonly from: Transaction;
  readonly to: Transaction;
  readonly within: ReadonlySet<Transaction>;
  readonly kinds: ReadonlySet<Kind>;
}

function shortestPath(graph: Graph, { from, to, within, kinds }: Search): readonly Edge[] | undefined {
  const arrivedBy = new Map<Transaction, Edge>();
  const line = [from];
  for (const transaction of line) {
    for (const edge of graph.get(transaction) ?? []) {
      if (!kinds.has(edge.kind) || !within.has(edge.to) || edge.to === from || arrivedBy.has(edge.to)) continue;
      arrivedBy.set(edge.to, edge);
      if (edge.to === to) return walkBack(arrivedBy, from, to);
      line.push(edge.to);
    }
  }
  return undefined;
}

function walkBack(arrivedBy: ReadonlyMap<Transaction, Edge>, from: Transaction, to: Transaction): readonly Edge[] {
  const path: Edge[] = [];
  for (let place = to; place !== from; ) {
    const edge = arrivedBy.get(place);
    if (edge === undefined) throw new Error("A path has a gap.");
    path.unshift(edge);
    place = edge.from;
  }
  return path;
}

function explain(cycle: readonly Edge[]): string {
  return cycle.map(({ from, to, kind, reason }) => `T${from.id} ${reason} T${to.id} (${kind})`).join("; ");
}
