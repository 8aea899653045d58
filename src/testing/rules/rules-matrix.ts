import type { Backend } from "#application";
import { describeRules } from "#application";

/**
 * Who may do what, as a table in text for snapshots: a line for each table, operation and kind of caller, so that a rule that changes changes
 * its own lines. Callers of whom the same holds as of those above them are left out; conditions are as rules write them.
 */
export function rulesMatrix(backend: Pick<Backend, "model" | "rules" | "functions">): string {
  const lines = describeRules(backend);
  const columns = (["name", "operation", "callers"] as const).map((part) => Math.max(...lines.map((line) => line[part].length)));
  return lines
    .map(({ name, operation, callers, verdict }) =>
      [name, operation, callers]
        .map((text, place) => text.padEnd(columns[place] ?? 0))
        .concat(verdict)
        .join("  "),
    )
    .join("\n");
}
