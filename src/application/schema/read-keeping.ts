import type { Keeping } from "#database";

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };
const TIME = /^(\d{1,6})([hd])$/;

/** What `softDelete` or `history` says; undefined for no. What it should have said is reported. */
export function readKeeping(option: unknown, name: string, report: (message: string) => void): Keeping | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return { keep: undefined };
  const keep = typeof option === "object" && option !== null && "keep" in option ? option.keep : undefined;
  const [, count, unit = ""] = TIME.exec(String(keep)) ?? [];
  const time = Number(count) * (units[unit] ?? Number.NaN);
  if (time > 0) return { keep: time };
  report(`${name} is true or { keep: "30d" }, a number of hours (h) or days (d)`);
  return undefined;
}
