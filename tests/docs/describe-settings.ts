import type { Rate } from "#application";
import { durationUnits } from "#base";
import { settingGroups } from "#settings";

/** docs/reference/settings.md. */
export function describeSettings(): string {
  const groups = settingGroups.map(({ heading, settings }) =>
    [
      `## ${heading}`,
      "",
      "| variable | type | default | meaning |",
      "|---|---|---|---|",
      ...settings.map(
        ({ variable, type, default: value, description }) =>
          `| \`${variable}\` | ${type} | ${formatDefault(value, type)} | ${description} |`,
      ),
      "",
    ].join("\n"),
  );
  return [...prose, ...groups].join("\n");
}

const prose = [
  "# Settings",
  "",
  "Chassis reads these environment variables once, when it starts. A value that cannot be read, or a `CHASSIS_` variable",
  "that is not on this page, stops it with a message for each. An empty value is none. [Settings and secrets](../learn/settings.md) says where to write them.",
  "",
  "A duration is a number and its unit: `90s`, `15m`, `12h`, `30d`. A list is separated by commas.",
  "",
];

/** A default as somebody would write it. */
export function formatDefault(value: unknown, type: string): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "";
  if (type.startsWith("number/time")) {
    const { amount, per } = value as Rate;
    return `\`${amount}/${formatDuration(per)}\``;
  }
  if (!type.startsWith("duration")) return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  return `\`${formatDuration(Number(value))}\``;
}

function formatDuration(milliseconds: number): string {
  const [unit = "s", size = 1000] = Object.entries(durationUnits).findLast(([, each]) => milliseconds % each === 0) ?? [];
  return `${milliseconds / size}${unit}`;
}
