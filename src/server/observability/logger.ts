import type { Writable } from "node:stream";
import type { Logger } from "#base";
import type { LogLevel } from "./log-level.ts";
import { redactFields, redactText } from "./redact.ts";
import { createTextLogger } from "./text-logger.ts";

export interface LoggerOptions {
  /** The least important lines that are written. */
  readonly level: LogLevel;
  readonly format: "json" | "text";
  /** Where text goes; JSON goes to the standard output. */
  readonly stream: Writable;
}

export interface ProcessLogger extends Logger {
  /** Writes what is still held back. */
  flush(): void;
  /** Lines that could not be written: the disk or the pipe behind them is full or gone. The process goes on without them. */
  lostLines(): number;
}

/** JSON by pino for machines; readable lines for people. What proves who somebody is stands in neither (redact.ts). */
export async function createLogger({ level, format, stream }: LoggerOptions): Promise<ProcessLogger> {
  let lost = 0;
  if (format === "text") {
    stream.on("error", () => (lost += 1));
    return { ...createTextLogger({ level, stream }), flush() {}, lostLines: () => lost };
  }
  const { pino } = await import("pino");
  const destination = pino.destination({ fd: 1, sync: true });
  // Without a listener a full disk would end the process.
  destination.on("error", () => (lost += 1));
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const write =
    (name: "debug" | "info" | "warn" | "error") =>
    (fields: object, message?: string): void => {
      // Before anything is made of what nobody reads.
      if (logger.isLevelEnabled(name)) logger[name](redactFields(fields), message === undefined ? message : redactText(message));
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    flush: () => destination.flushSync(),
    lostLines: () => lost,
  };
}
