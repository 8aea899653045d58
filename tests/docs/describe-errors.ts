import { errorGroups } from "#contract";
import { withParts } from "./written-parts.ts";

/** docs/reference/errors.md: a table for each group of errors, below what is said of all of them. */
export function describeErrors(): string {
  const groups = errorGroups.map(({ heading, note, rows }) =>
    [
      `## ${heading}`,
      "",
      ...(note === undefined ? [] : [note, ""]),
      "| code | status | message | name in code |",
      "|---|---|---|---|",
      ...Object.entries(rows).map(
        ([name, { status, code, message }]) => `| \`${code}\` | ${status} | ${message} | \`${name}\` |`,
      ),
    ].join("\n"),
  );
  return withParts("docs/reference/errors.md", { errors: groups.join("\n\n") });
}
