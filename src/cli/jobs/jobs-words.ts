import type { JobRow } from "#application";
import { clip, printable } from "../command-line/printable.ts";

/** What is worth a word about a job on one line: when it runs, how far it is, why it failed. */
export function describeJob({ state, runAt, progress, error }: JobRow): string {
  const words: string[] = [];
  if (state === "scheduled") words.push(`runs at ${shortMoment(runAt)}`);
  const told = state === "running" ? describeProgress(progress) : undefined;
  if (told !== undefined) words.push(told);
  // Also where no attempt was counted: of a job that put itself off, or that this back end does not know.
  if (error !== null && state !== "done") words.push(clip(printable(error.split("\n", 1)[0] ?? ""), 80));
  return words.join("; ");
}

export function describeProgress(progress: JobRow["progress"]): string | undefined {
  if (typeof progress !== "object" || progress === null || !("share" in progress)) return undefined;
  const { share, message } = progress;
  const words = typeof message === "string" ? ` ${clip(printable(message), 60)}` : "";
  return `${Math.round(Number(share) * 100)}%${words}`;
}

/** A stored moment for people, in UTC. */
export function shortMoment(moment: string): string {
  return moment.replace("T", " ").replace(/\.\d+Z$/, "");
}
