import type { NamedBackup, NamedPiece } from "../names.ts";

export interface RestorePlan {
  readonly backup: NamedBackup;
  /** In order, each following the one before it. */
  readonly pieces: readonly NamedPiece[];
  /** Steps up to this one are applied whatever their time; those after it only while their time is not past the wanted one. */
  readonly wholeThrough: number;
  /** Up to when the result is known to be all that there was: the wanted moment itself where the log goes past it. */
  readonly reach: number;
  /** The step that is missing, where there are later ones that cannot be used for want of it. */
  readonly missing: number | undefined;
}

/**
 * How to come as close as possible to a moment, in milliseconds since 1970, and not past it: which backup, and which pieces of the log after
 * it. Undefined where the oldest backup is younger. Where the clock was set back and a moment came twice, the later one is meant.
 */
export function planRestore(
  backups: readonly NamedBackup[],
  pieces: readonly NamedPiece[],
  until: number,
): RestorePlan | undefined {
  let best: RestorePlan | undefined;
  for (const backup of backups.filter(({ moment }) => moment <= until).sort((left, right) => right.moment - left.moment)) {
    const plan = planFrom(backup, pieces, until);
    if (best === undefined || plan.reach > best.reach) best = plan;
  }
  return best;
}

/** The same from one backup, which must not be younger than the moment. */
function planFrom(backup: NamedBackup, pieces: readonly NamedPiece[], until: number): RestorePlan {
  const { log, moment } = backup;
  if (log === null) return { backup, pieces: [], wholeThrough: 0, reach: moment, missing: undefined };
  const ofSeries = pieces.filter(({ series }) => series === log.series);
  const chain: NamedPiece[] = [];
  let next = log.from;
  let whole = 0;
  for (;;) {
    const fitting = ofSeries.filter(({ from, to }) => from <= next && next <= to).sort((left, right) => right.to - left.to);
    // Where several pieces were put together and the single ones are still there, the longest comes farthest. Where the clock was set
    // back, pieces of a later time lie between those that are wanted.
    const piece = fitting.find(({ time }) => time <= until) ?? fitting.at(-1);
    if (piece === undefined) break;
    chain.push(piece);
    next = piece.to + 1;
    if (piece.time <= until) whole = chain.length;
  }
  const missing = ofSeries.some(({ from }) => from > next) ? next : undefined;
  const last = chain[whole - 1];
  const goesPast = chain.length > whole;
  return {
    backup,
    pieces: chain.slice(0, whole + 1),
    wholeThrough: last?.to ?? 0,
    reach: goesPast ? until : Math.max(moment, last?.time ?? 0),
    missing: goesPast ? undefined : missing,
  };
}
