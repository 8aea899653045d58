/** "3.4 MB". */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "2026-11-25 22:00:00.123 UTC". */
export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").replace("Z", " UTC");
}

/** "3 minutes ago". */
export function ago(milliseconds: number, now: number): string {
  const seconds = Math.round((now - milliseconds) / 1000);
  for (const [unit, length] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ] as const) {
    const whole = Math.floor(seconds / length);
    if (whole >= 1) return `${whole} ${unit}${whole === 1 ? "" : "s"} ago`;
  }
  return "just now";
}

/** "books 120, users 3": the largest tables first, without our own. */
export function describeRows(rows: Readonly<Record<string, number>>): string {
  const shown = Object.entries(rows).filter(
    ([table]) => !/^(?:_chassis|sqlite_)|_(?:data|idx|content|docsize|config)$/.test(table),
  );
  const words = shown.sort(([, left], [, right]) => right - left).map(([table, count]) => `${table} ${count}`);
  const more = words.length > 8 ? `, and ${words.length - 8} more tables` : "";
  return words.length === 0 ? "none" : `${words.slice(0, 8).join(", ")}${more}`;
}
