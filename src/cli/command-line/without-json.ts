/** The commands that have no `--json`, and why: all others have it. */
export const withoutJson: Readonly<Record<string, string>> = {
  dev: "It goes on; what it logs is JSON where nobody looks at it, or as CHASSIS_LOG_FORMAT says.",
  start: "It goes on; what it logs is JSON where nobody looks at it, or as CHASSIS_LOG_FORMAT says.",
  export: "Its result is the rows, in the format that was asked for.",
  completion: "Its result is a script for a shell.",
  "rules snapshot": "Its result is JSON.",
  "user export": "Its result is JSON.",
};
