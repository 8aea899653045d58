import type { Writable } from "node:stream";
import { inspect, styleText } from "node:util";
import type { Logger } from "#base";
import type { LogLevel } from "./log-level.ts";
import { redactFields, redactText } from "./redact.ts";

export interface TextLoggerOptions {
  readonly level: LogLevel;
  readonly stream: Writable;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };
const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;
// Text of a request must not move a terminal's cursor or forge a line.
const CONTROL = /\p{Cc}/gu;
// A stack has lines of its own.
const CONTROL_IN_LINES = /[^\P{Cc}\n\t]/gu;

/** One line a message: time, level, message, fields; an error follows with its stack and its causes. */
export function createTextLogger({ level: least, stream }: TextLoggerOptions): Logger {
  const log = (level: keyof typeof colours) => (fields: object, message?: string) => {
    if (ranks[level] < ranks[least]) return;
    const { err, ...rest } = redactFields(fields);
    const time = new Date().toISOString().slice(11, 23);
    const name = styleText(colours[level], level.padEnd(5), { stream, validateStream: true });
    const parts = Object.entries(rest).map(([field, value]) => `${format(field)}=${format(value)}`);
    stream.write(
      `${time} ${name} ${[message === undefined ? message : format(redactText(message)), ...parts].filter((part) => part !== undefined).join(" ")}\n`,
    );
    if (err !== undefined) stream.write(`${describe(err).replaceAll(CONTROL_IN_LINES, escape).replaceAll(/^/gm, "    ")}\n`);
  };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}

/** An error as `redactFields` leaves it: its stack, what else it has, and its causes. */
function describe(err: unknown): string {
  if (err === null || typeof err !== "object" || !("stack" in err)) return inspect(err, { depth: 4 });
  const { type: _type, message: _message, stack, cause, ...more } = err as Record<string, unknown>;
  const rest = Object.keys(more).length === 0 ? "" : ` ${inspect(more, { depth: 4 })}`;
  return `${String(stack)}${rest}${cause === undefined ? "" : `\n[cause]: ${describe(cause)}`}`;
}

function format(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (text ?? "undefined").replaceAll(CONTROL, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
