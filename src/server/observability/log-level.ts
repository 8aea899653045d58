/** From the least important on; `silent` writes nothing. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
