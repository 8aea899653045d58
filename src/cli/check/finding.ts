/** All that is looked at, by name. */
export const deployChecks = [
  "allowed-hosts",
  "backup-encryption",
  "backup-place",
  "backups",
  "base-url",
  "clock",
  "cors",
  "data-directory",
  "disk",
  "durability",
  "jobs",
  "log-level",
  "mail",
  "node",
  "proxies",
  "rate-limits",
  "second-factor",
  "secret-files",
  "strangers-write",
  "strict-transport",
  "user",
] as const;

export type DeployCheck = (typeof deployChecks)[number];

/** What is not as it should be where a server runs for others. */
export interface DeployFinding {
  /** Which examination: a stable name, by which it is accepted. */
  readonly check: DeployCheck;
  /** `problem`: unsafe. `advice`: safe enough, and could be better. `question`: right or wrong, only who runs it can tell. */
  readonly level: "problem" | "advice" | "question";
  readonly message: string;
  /** What can happen. */
  readonly why: string;
  /** What to do about it. */
  readonly action: string;
}
