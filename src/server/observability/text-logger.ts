import type { Writable } from "node:stream";
import { inspect, styleText } from "node:util";
import type { Logger } from "#base";
import type { LogLevel } from "./log-level.ts";

export interface TextLoggerOptions {
  readonly level: LogLevel;
  readonly stream: Writable;
  readonly secretFields: readonly string[];
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };
const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;
// Text of a request must not move a terminal's cursor or forge a line.
const CONTROL = /\p{Cc}/gu;

/** One line a message: time, level, message, fields; an error follows with its stack and its causes. */
export function createTextLogger({ level: least, stream, secretFields }: TextLoggerOptions): Logger {
  const log = (level: keyof typeof colours) => (fields: object, message?: string) => {
    if (ranks[level] < ranks[least]) return;
    const { err, ...rest } = fields as Record<string, unknown>;
    const time = new Date().toISOString().slice(11, 23);
    const name = styleText(colours[level], level.padEnd(5), { stream, validateStream: true });
    const parts = Object.entries(rest).map(
      ([field, value]) => `${field}=${secretFields.includes(field) ? "[redacted]" : format(value)}`,
    );
    stream.write(`${time} ${name} ${[message, ...parts].filter((part) => part !== undefined).join(" ")}\n`);
    if (err !== undefined) stream.write(`${inspect(err, { depth: 4 }).replaceAll(/^/gm, "    ")}\n`);
  };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}

function format(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (text ?? "undefined").replaceAll(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
