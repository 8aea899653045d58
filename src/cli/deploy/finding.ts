/** What is not as it should be where a server runs for others. */
export interface DeployFinding {
  /** Which examination: a stable name, by which it is accepted. */
  readonly check: string;
  /** `problem`: unsafe. `advice`: safe enough, and could be better. `question`: right or wrong, only who runs it can tell. */
  readonly level: "problem" | "advice" | "question";
  readonly message: string;
  /** What can happen. */
  readonly why: string;
  /** What to do about it. */
  readonly action: string;
}
