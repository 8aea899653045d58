import { relative } from "node:path";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** What `node --cpu-prof` writes. Times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of the time that the processor was busy, 0 to 1. */
  readonly share: number;
}

export interface ProfileSummary {
  /** By the file of ours that was running, or on whose behalf Node.js or SQLite was. */
  readonly parts: readonly Share[];
  /** By the function that was running itself. */
  readonly functions: readonly Share[];
}

export interface SummaryOptions {
  /** Samples before that many milliseconds are of the start and the first requests. */
  readonly skip: number;
  /** Where paths begin. */
  readonly root: string;
}

export function summarise(profile: CpuProfile, { skip, root }: SummaryOptions): ProfileSummary {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const place = ({ callFrame }: ProfileNode): string =>
    callFrame.url.startsWith(`file://${root}/`) ? relative(root, callFrame.url.slice("file://".length)) : callFrame.url;
  const ownerOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = nodes.get(at);
      if (node?.callFrame.functionName === "(garbage collector)") return "garbage collection";
      if (node !== undefined && place(node).startsWith("src/")) return place(node);
    }
    return "node:http, sockets and the event loop";
  };
  const parts = new Map<string, number>();
  const functions = new Map<string, number>();
  let time = 0;
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const duration = profile.timeDeltas[index] ?? 0;
    time += duration;
    const node = nodes.get(id);
    if (time < skip * 1000 || node === undefined || node.callFrame.functionName === "(idle)") continue;
    busy += duration;
    const { functionName, lineNumber } = node.callFrame;
    const where = place(node);
    add(parts, ownerOf(id), duration);
    add(functions, `${functionName || "(anonymous)"}${where === "" ? "" : ` ${where}:${lineNumber + 1}`}`, duration);
  }
  return { parts: ranked(parts, busy), functions: ranked(functions, busy) };
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function ranked(sums: ReadonlyMap<string, number>, total: number): readonly Share[] {
  return [...sums].map(([name, sum]) => ({ name, share: sum / total })).sort((left, right) => right.share - left.share);
}
