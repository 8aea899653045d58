import type { Verdict } from "./checker.ts";

/** What was to be sent, and what the caller was told. `refused`: its transaction was to be rolled back. */
export interface ToSend {
  readonly name: string;
  readonly outcome: "committed" | "refused" | "unknown";
}

/** What somebody took. */
export interface Taken {
  readonly name: string;
  /** Of the message: whoever gets it twice tells it by this. */
  readonly id: string;
}

/** Holds what was taken against what was to be sent, at least once. `by` names who took it. */
export function checkSent(asked: readonly ToSend[], taken: readonly Taken[], by: string): Verdict {
  const lost: string[] = [];
  const wrong: string[] = [];
  const ids = new Map<string, string>();
  for (const { name, id } of taken) {
    const known = ids.get(name) ?? id;
    if (known !== id) wrong.push(`${name} went to ${by} as two messages, ${known} and ${id}.`);
    ids.set(name, known);
  }
  for (const { name, outcome } of asked) {
    if (outcome === "committed" && !ids.has(name)) lost.push(`${name} was committed, and ${by} never got it.`);
    if (outcome === "refused" && ids.has(name)) wrong.push(`${name} was rolled back, and ${by} got it.`);
  }
  const known = new Set(asked.map(({ name }) => name));
  for (const name of ids.keys()) if (!known.has(name)) wrong.push(`${by} got ${name}, which nobody asked for.`);
  return { lost, half: [], wrong };
}
