import type { Rate } from "#application";
import { durationUnits } from "#base";
import type { Setting } from "./setting.ts";
import { settingFamilies } from "./setting-families.ts";
import { settings } from "./settings.ts";

/** docs/reference/settings.md, which a test holds to this table. */
export function describeSettings(): string {
  const rows = Object.values(settings).map(
    ({ variable, type, default: value, description }: Setting<unknown>) =>
      `| \`${variable}\` | ${type} | ${formatDefault(value, type)} | ${description} |`,
  );
  return [
    "# Settings",
    "",
    "Chassis reads these environment variables once, when it starts. A value that cannot be read, or a `CHASSIS_` variable",
    "that is not in this table, stops it with a message for each.",
    "",
    "| variable | type | default | meaning |",
    "|---|---|---|---|",
    ...rows,
    ...settingFamilies.map(({ variable, type, description }) => `| \`${variable}\` | ${type} |  | ${description} |`),
    "",
  ].join("\n");
}

function formatDefault(value: unknown, type: string): string {
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
