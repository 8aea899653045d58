import { MigrationError } from "../errors.ts";
import type { Answers } from "./plan.ts";

/** What became of the names on one level: of all tables, or of one table's columns. */
export interface Matched {
  /** New name to the one that it has now, unchanged ones too. */
  readonly kept: ReadonlyMap<string, string>;
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  /** To be brought back from where they are hidden. */
  readonly shown: readonly string[];
  /** New names that may be old ones: nobody has said. */
  readonly open: readonly string[];
  /** New names that are hidden in the database: nobody has said. */
  readonly openHidden: readonly string[];
}

interface MatchOptions {
  readonly wanted: readonly string[];
  readonly found: readonly string[];
  readonly hidden: readonly string[];
  readonly renames: NonNullable<Answers["renames"]>;
  /** Makes the key of an answer. */
  readonly key: (name: string) => string;
  readonly what: string;
}

/**
 * Pairs names with those of the database by what was said, never by likeness.
 *
 * @throws MigrationError for an answer that fits nothing.
 */
export function matchNames({ wanted, found, hidden, renames, key, what }: MatchOptions): Matched {
  const said = new Map(wanted.filter((name) => key(name) in renames).map((name) => [name, renames[key(name)] ?? null]));
  const kept = new Map<string, string>();
  const shown: string[] = [];
  for (const [name, old] of said) {
    if (old === null) continue;
    if (found.includes(old)) {
      if ([...kept.values()].includes(old))
        throw new MigrationError(
          `Two ${what}s cannot both have been '${old}': of '${key(name)}' and another one, one rename is wrong.`,
        );
      kept.set(name, old);
    } else if (hidden.includes(old) && old === name) shown.push(name);
    else {
      const there = [...found, ...hidden].join(", ") || "none";
      throw new MigrationError(
        `The answer for '${key(name)}' says that it was '${old}', and there is no such ${what}. There: ${there}.`,
      );
    }
  }
  const claimed = new Set(kept.values());
  for (const name of wanted) {
    if (kept.has(name) || said.get(name) === null || !found.includes(name) || claimed.has(name)) continue;
    kept.set(name, name);
    claimed.add(name);
  }
  // Said to be new although one of that name is there: it cannot be kept beside it under the same name.
  for (const name of wanted) {
    if (said.get(name) === null && found.includes(name) && !claimed.has(name))
      throw new MigrationError(
        `'${key(name)}' is in the database, so it cannot be new. Rename one of the two, or drop the old one in a migration of its own.`,
      );
  }
  const dropped = found.filter((name) => !claimed.has(name));
  const taken = dropped.find((name) => wanted.includes(name));
  if (taken !== undefined)
    throw new MigrationError(
      `'${key(taken)}' gets another ${what}'s name and place, and nobody said what becomes of the one that is there: say what it is called now.`,
    );
  const added = wanted.filter((name) => !kept.has(name) && !shown.includes(name));
  const unsaid = added.filter((name) => !said.has(name));
  return {
    kept,
    added,
    dropped,
    shown,
    openHidden: unsaid.filter((name) => hidden.includes(name)),
    open: dropped.length === 0 ? [] : unsaid.filter((name) => !hidden.includes(name)),
  };
}

/** Renames in an order in which no name is taken when it is given; a circle goes through a name of ours. */
export function orderRenames(kept: ReadonlyMap<string, string>): readonly { readonly from: string; readonly to: string }[] {
  const pending = [...kept].filter(([to, from]) => to !== from).map(([to, from]) => ({ from, to }));
  const steps: { from: string; to: string }[] = [];
  let circles = 0;
  while (pending.length > 0) {
    const free = pending.findIndex(({ to }) => !pending.some((other) => other.from === to));
    const next = pending[Math.max(free, 0)];
    if (next === undefined) break;
    if (free >= 0) {
      steps.push({ ...next });
      pending.splice(free, 1);
    } else {
      const between = `_chassis_between_${++circles}`;
      steps.push({ from: next.from, to: between });
      next.from = between;
    }
  }
  return steps;
}

/** The likeliest first: by the letters that both begin or end with, and by what `bonus` adds. */
export function rankCandidates(
  name: string,
  candidates: readonly string[],
  bonus: (candidate: string) => number,
): readonly string[] {
  const score = (candidate: string): number => {
    let head = 0;
    while (head < Math.min(name.length, candidate.length) && name[head] === candidate[head]) head++;
    let tail = 0;
    while (tail < Math.min(name.length, candidate.length) - head && name.at(-1 - tail) === candidate.at(-1 - tail)) tail++;
    return bonus(candidate) + (head + tail) / Math.max(name.length, candidate.length);
  };
  return [...candidates].sort((a, b) => score(b) - score(a));
}
