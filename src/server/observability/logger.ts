import type { Writable } from "node:stream";
import type { Logger } from "#base";
import type { LogLevel } from "./log-level.ts";
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

/** Never written, wherever they stand: what proves who somebody is. */
const SECRET_FIELDS = ["authorization", "cookie", "set-cookie", "token", "password", "secret"];

/** JSON by pino for machines; readable lines for people. */
export async function createLogger({ level, format, stream }: LoggerOptions): Promise<ProcessLogger> {
  let lost = 0;
  if (format === "text") {
    stream.on("error", () => (lost += 1));
    return { ...createTextLogger({ level, stream, secretFields: SECRET_FIELDS }), flush() {}, lostLines: () => lost };
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
      redact: { paths: SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: "[redacted]" },
    },
    destination,
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    flush: () => destination.flushSync(),
    lostLines: () => lost,
  };
}
