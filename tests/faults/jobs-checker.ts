import type { Verdict } from "./checker.ts";

/** A job that was asked for: what the caller was told, and whether its transaction was to be rolled back. */
export interface HandedOver {
  readonly number: string;
  readonly outcome: "committed" | "refused" | "unknown";
  /** Another job of its key may have stood in its place: then it never is one of its own. */
  readonly unique: boolean;
}

/** Holds what jobs did against what was asked for: each line is `begin|end pid key number`. */
export function checkJobs(asked: readonly HandedOver[], lines: readonly string[]): Verdict {
  const lost: string[] = [];
  const wrong: string[] = [];
  const events = lines.map((line) => {
    const [type = "", pid = "", key = "", number = ""] = line.split(" ");
    return { type, pid, key, number };
  });
  const ended = new Set(events.filter(({ type }) => type === "end").map(({ number }) => number));
  const begun = new Set(events.map(({ number }) => number));
  for (const { number, outcome, unique } of asked) {
    if (outcome === "committed" && !unique && !ended.has(number)) lost.push(`${number} was committed and never ran to its end.`);
    if (outcome === "refused" && begun.has(number)) wrong.push(`${number} was rolled back and ran.`);
  }
  const known = new Set(asked.map(({ number }) => number));
  for (const number of begun) if (!known.has(number)) wrong.push(`${number} ran and nobody asked for it.`);
  // A process that was killed ends nothing: what it had begun ended with it.
  const open = new Map<string, string>();
  for (const { type, pid, key, number } of events) {
    const name = key === "-" ? `number ${number}` : `key ${key}`;
    const other = open.get(name);
    if (type === "end") open.delete(name);
    else if (other === pid) wrong.push(`${name} ran twice at once in process ${pid}.`);
    if (type === "begin") open.set(name, pid);
  }
  return { lost, half: [], wrong };
}
