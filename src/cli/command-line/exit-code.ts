/** How a command ends: 0 done, 1 could not be done, 2 not understood. */
export type ExitCode = 0 | 1 | 2;

/** What the numbers mean, of every command. */
export const exitCodes: Readonly<Record<ExitCode, string>> = {
  0: "Done.",
  1: "Could not be done: the standard error says why. Of a command that examines: something is wrong.",
  2: "Not understood: an unknown command or option, an argument that is missing or of the wrong kind. Nothing was done.",
};

/** What they mean beside that, of commands whose verdict is what they are asked for. */
export const verdicts: Readonly<Record<string, readonly (readonly [code: ExitCode, meaning: string])[]>> = {
  check: [[1, "There are mistakes, or operations without a rule; with `--deploy`, a problem."]],
  doctor: [[1, "There is a problem. Advice is none."]],
  "rules diff": [
    [1, "The new version allows more."],
    [2, "Of something it cannot be told; or as of every command."],
  ],
  "audit verify": [[1, "The log is not whole."]],
  "backup verify": [[1, "A backup is not good."]],
  restore: [[1, "Nobody said yes, and nothing was changed."]],
  import: [[1, "A line was refused."]],
  pull: [[1, "A row was refused."]],
};
