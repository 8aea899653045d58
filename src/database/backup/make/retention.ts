/** Of how many of the last hours, days, weeks, months and years that have a backup the newest is kept. */
export interface Retention {
  readonly h: number;
  readonly d: number;
  readonly w: number;
  readonly m: number;
  readonly y: number;
}

type Unit = keyof Retention;

/** The period that a moment falls into, in UTC. Weeks begin on Monday. */
const periods: Readonly<Record<Unit, (time: Date) => string>> = {
  h: (time) => time.toISOString().slice(0, 13),
  d: (time) => time.toISOString().slice(0, 10),
  // 1 January 1970 was a Thursday.
  w: (time) => String(Math.floor((time.getTime() / 86_400_000 + 3) / 7)),
  m: (time) => time.toISOString().slice(0, 7),
  y: (time) => time.toISOString().slice(0, 4),
};

/** "7d,4w,12m". Throws an error whose message says what was expected. */
export function parseRetention(text: string): Retention {
  const found: Record<Unit, number> = { h: 0, d: 0, w: 0, m: 0, y: 0 };
  for (const part of text.split(",")) {
    const [, amount, unit] = /^\s*(\d{1,4})([hdwmy])\s*$/.exec(part) ?? [];
    if (unit === undefined) throw new Error("must be how many hours, days, weeks, months and years are kept, such as 7d,4w,12m");
    found[unit as Unit] = Number(amount);
  }
  if (Object.values(found).every((amount) => amount === 0)) throw new Error("must keep something, such as 7d,4w,12m");
  return found;
}

/**
 * The times, in milliseconds since 1970, of the backups that are kept: grandfather, father, son. Counted are the periods that have a backup,
 * not those that have passed, so that a server which made none for a year still has its old ones. The newest is always kept.
 */
export function retain(times: readonly number[], retention: Retention): ReadonlySet<number> {
  const newestFirst = [...times].sort((left, right) => right - left);
  const kept = new Set(newestFirst.slice(0, 1));
  for (const unit of Object.keys(periods) as Unit[]) {
    const seen = new Set<string>();
    for (const time of newestFirst) {
      const period = periods[unit](new Date(time));
      if (seen.has(period)) continue;
      if (seen.size >= retention[unit]) break;
      seen.add(period);
      kept.add(time);
    }
  }
  return kept;
}
