import { createInterface } from "node:readline/promises";
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { CommandError, InterruptedError } from "./command-error.ts";

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

/** Where a command writes: its result to the standard output, all else to the standard error. Styled where a person looks. */
export interface Terminal {
  /** A line of the command's result. */
  print(line?: string): void;
  /** A line about the command's progress or failure. */
  report(line: string): void;
  /** Replaces the line that was shown before; nothing is shown where nobody looks. An empty text clears it. */
  progress(line: string): void;
  style(style: Style, text: string): string;
  /** For a result that is too large for lines in memory: written at the pace of whoever reads it. */
  readonly output?: Writable;
  /** Asks whoever sits there, and gives the line that they type. Undefined where nobody can answer. */
  readonly ask?: ((question: string, signal?: AbortSignal) => Promise<string>) | undefined;
  /** `--json` was given: the result is JSON, and nothing is asked. */
  readonly json?: boolean;
  /** A text whose commands can be copied as they are; what is reported is so by itself. */
  readonly copyable?: (text: string) => string;
}

export function createTerminal(
  output: Writable & { isTTY?: boolean } = process.stdout,
  errors: Writable & { isTTY?: boolean } = process.stderr,
): Terminal {
  // A reader who has seen enough (`chassis check | head -1`) is no failure of ours.
  for (const stream of [output, errors]) stream.on("error", () => {});
  // Styled where both are looked at; NO_COLOR, FORCE_COLOR and dumb terminals are known to styleText, by the stream.
  const looked = output.isTTY === true ? errors : output;
  return {
    output,
    print: (line = "") => void output.write(`${line}\n`),
    report: (line) => void errors.write(`${line}\n`),
    progress(line) {
      if (errors.isTTY === true) errors.write(`\r\u001b[2K${line}`);
    },
    style: (style, text) => styleText(style, text, { stream: looked }),
    ...(process.stdin.isTTY && errors.isTTY === true ? { ask: (question, signal) => askPerson(question, errors, signal) } : {}),
  };
}

/**
 * An interrupt from the keyboard reaches whoever listens for it, as at any other time. Where nobody does, it ends the command by way of its
 * own clearing up: ended by the signal itself, a restore would leave the copy that it had prepared.
 */
async function askPerson(question: string, output: Writable, signal: AbortSignal | undefined): Promise<string> {
  const reader = createInterface({ input: process.stdin, output });
  const ended = new Promise<never>((_, reject) => {
    reader.once("close", () => reject(new CommandError("Nobody answered.")));
    reader.on("SIGINT", () => {
      if (process.listenerCount("SIGINT") > 0) process.kill(process.pid, "SIGINT");
      else reject(new InterruptedError("Interrupted."));
    });
  });
  try {
    return await Promise.race([reader.question(question, signal === undefined ? {} : { signal }), ended]);
  } finally {
    reader.close();
  }
}

/** The result of a command: one line of JSON where that is asked for, else words. */
export function printResult(terminal: Terminal, value: object, ...lines: readonly string[]): void {
  if (terminal.json === true) terminal.print(JSON.stringify(value));
  else for (const line of lines) terminal.print(terminal.copyable?.(line) ?? line);
}

/** The same of a command that has no result beside having been carried out: its words go to the standard error. */
export function reportResult(terminal: Terminal, value: object, ...lines: readonly string[]): void {
  if (terminal.json === true) terminal.print(JSON.stringify(value));
  else for (const line of lines) terminal.report(line);
}

/** "1 row", "2 rows". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
