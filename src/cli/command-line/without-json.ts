/** The commands that have no `--json`, and why: all others have it. */
export const withoutJson: Readonly<Record<string, string>> = {
  start: "It goes on; what it logs is JSON where nobody looks at it, or as CHASSIS_LOG_FORMAT says.",
  completion: "Its result is a script for a shell.",
  "rules snapshot": "Its result is JSON.",
  "user export": "Its result is JSON.",
};
