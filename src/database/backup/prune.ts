import type { NamedBackup, NamedPiece } from "./names.ts";
import { type Retention, retain } from "./retention.ts";

export interface PruneOptions {
  readonly retention: Retention;
  /** How far back every moment can be restored, in milliseconds. */
  readonly logKeep: number;
  readonly now: number;
}

/**
 * The names of what may be deleted: backups that the retention does not keep, but for those that the log needs to begin from; pieces
 * of the log that are older than what `logKeep` promises. Never the newest backup.
 */
export function prune(backups: readonly NamedBackup[], pieces: readonly NamedPiece[], options: PruneOptions): readonly string[] {
  const { retention, logKeep, now } = options;
  const since = now - logKeep;
  const kept = retain(
    backups.map(({ moment }) => moment),
    retention,
  );
  const needed = new Set<string>();
  const deleted: string[] = [];
  const bySeries = Map.groupBy(pieces, ({ series }) => series);
  for (const [series, own] of bySeries) {
    const starts = backups.filter(({ log }) => log?.series === series).sort((left, right) => right.moment - left.moment);
    const start = starts.find(({ moment }) => moment <= since) ?? starts.at(-1);
    // A series without its first copy yet may be about to get it.
    if (start?.log === undefined || start.log === null) {
      if (own.every(({ time }) => time < since)) deleted.push(...own.map(({ name }) => name));
      continue;
    }
    const { from } = start.log;
    if (own.every(({ time }) => time < since)) deleted.push(...own.map(({ name }) => name));
    else {
      needed.add(start.name);
      deleted.push(...own.filter(({ to }) => to < from).map(({ name }) => name));
    }
  }
  deleted.push(...backups.filter(({ name, moment }) => !kept.has(moment) && !needed.has(name)).map(({ name }) => name));
  return deleted;
}
