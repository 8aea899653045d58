/** What the letters of a duration stand for, in milliseconds, from short to long. */
export const durationUnits: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "30d", "12h", "15m" or "90s" in milliseconds; throws an error whose message says what was expected. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (durationUnits[unit ?? ""] ?? Number.NaN);
  if (!(milliseconds > 0)) throw new Error("must be a duration such as 90s, 15m, 12h or 30d");
  return milliseconds;
}
