/** What an examination says of one thing. */
export interface Finding {
  /** Which examination: a stable name for programs. */
  readonly check: string;
  readonly level: "ok" | "advice" | "problem";
  /** A sentence or more. */
  readonly message: string;
  /** What to do about it. */
  readonly action?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, level: "ok", message });

export const advice = (check: string, message: string, action: string): Finding => ({ check, level: "advice", message, action });

export const problem = (check: string, message: string, action: string): Finding => ({
  check,
  level: "problem",
  message,
  action,
});

export const restoreAdvice: string =
  "Stop the server and keep a copy of the data directory as it is. Then restore the last good backup. Without one, the sqlite3 shell's " +
  "`.recover` saves what can still be read. And look at the disk: this is seldom the only page.";
