import type { Terminal } from "./terminal.ts";

/** Asks until the answer is one of those offered, by its number or its first letters; undefined where nobody is there to answer. */
export async function choose<T>(
  terminal: Terminal,
  question: string,
  options: readonly { readonly label: string; readonly value: T }[],
): Promise<T | undefined> {
  const { ask } = terminal;
  if (ask === undefined) return undefined;
  terminal.report(question);
  for (const [index, { label }] of options.entries()) terminal.report(`  ${index + 1}  ${label}`);
  for (;;) {
    const answer = (await ask(`1 to ${options.length}: `)).trim();
    const chosen = options[Number(answer) - 1];
    if (chosen !== undefined) return chosen.value;
    terminal.report(`Answer with a number from 1 to ${options.length}.`);
  }
}

/** Nothing but a clear yes is one. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const { ask } = terminal;
  if (ask === undefined) return false;
  for (;;) {
    const answer = (await ask(`${question} (y/n) `)).trim().toLowerCase();
    if (["y", "yes"].includes(answer)) return true;
    if (["n", "no", ""].includes(answer)) return false;
  }
}
