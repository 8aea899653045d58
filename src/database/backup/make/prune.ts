import type { NamedBackup, NamedPiece } from "../names.ts";
import { type Retention, retain } from "./retention.ts";

export interface PruneOptions {
  readonly retention: Retention;
  /** How far back every moment can be restored, in milliseconds. */
  readonly logKeep: number;
  readonly now: number;
}

const DAY = 86_400_000;

/**
 * The names of what may be deleted: backups that the retention does not keep, but for those that the log needs to begin from; pieces
 * of the log that are older than what `logKeep` promises. Never the newest backup, nor any of the day before it: one that somebody made by
 * hand before something risky must not go with the next.
 */
export function prune(backups: readonly NamedBackup[], pieces: readonly NamedPiece[], options: PruneOptions): readonly string[] {
  const { retention, logKeep, now } = options;
  const since = now - logKeep;
  const moments = backups.map(({ moment }) => moment);
  const kept = retain(moments, retention);
  const newest = Math.max(...moments);
  const needed = new Set<string>();
  const deleted: string[] = [];
  const all = new Set([...pieces.map(({ series }) => series), ...backups.flatMap(({ log }) => log?.series ?? [])]);
  for (const series of all) {
    const own = pieces.filter((piece) => piece.series === series);
    const starts = backups.filter(({ log }) => log?.series === series).sort((left, right) => right.moment - left.moment);
    const isOver = [...own.map(({ time }) => time), ...starts.map(({ moment }) => moment)].every((time) => time < since);
    const start = starts.find(({ moment }) => moment <= since) ?? starts.at(-1);
    // A series without its first copy may be about to get it.
    const from = isOver ? Number.POSITIVE_INFINITY : (start?.log?.from ?? 0);
    if (!isOver && start !== undefined) needed.add(start.name);
    deleted.push(...own.filter(({ to }) => to < from).map(({ name }) => name));
  }
  const isKept = ({ name, moment }: NamedBackup): boolean => kept.has(moment) || moment > newest - DAY || needed.has(name);
  return deleted.concat(backups.filter((backup) => !isKept(backup)).map(({ name }) => name));
}
