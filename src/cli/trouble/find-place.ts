import type { SourcePlace } from "./code-frame.ts";
import { readKeys, type SourceKey } from "./read-keys.ts";

/** A file of the back end. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** What of `defineBackend` does not stand in the schema, though names of tables come under it. */
const OUTSIDE: ReadonlySet<string> = new Set([
  "rules",
  "functions",
  "computed",
  "jobs",
  "crons",
  "mails",
  "triggers",
  "webhooks",
  "limits",
  "auth",
]);

/**
 * Where a thing of a definition stands that a mistake names by its place (`notes.slug`, `rules.notes.update`): the key that has the most of its names, in this
 * order, around it. Undefined where not even the last but one is found.
 */
export function findPlace(place: string, sources: readonly Source[]): SourcePlace | undefined {
  const names = place.split(".").map((name) => name.replace(/\[.*$/, "").replace(/[^\p{ID_Continue}$_-].*$/u, ""));
  let best: { readonly score: number; readonly source: Source; readonly key: SourceKey } | undefined;
  for (const source of sources) {
    for (const key of readKeys(source.text)) {
      const score = scoreOf(key, names);
      if (score > (best?.score ?? 0)) best = { score, source, key };
    }
  }
  if (best === undefined) return undefined;
  const { source, key } = best;
  const before = source.text.slice(0, key.index);
  return { file: source.file, line: before.split("\n").length, column: key.index - before.lastIndexOf("\n") };
}

/** Higher for more of the names; the last ones count most, and a key of another part of the definition not at all. */
function scoreOf({ path }: SourceKey, names: readonly string[]): number {
  const end = path.at(-1);
  for (let length = names.length; length > 0; length--) {
    if (names[length - 1] !== end) continue;
    const wanted = names.slice(0, length);
    let at = path.length;
    let found = 0;
    for (const name of wanted.toReversed()) {
      const place = path.lastIndexOf(name, at - 1);
      if (place === -1) continue;
      at = place;
      found += 1;
    }
    // A table's field is not where a rule of that name stands.
    const strays = path.some((name) => OUTSIDE.has(name) && !names.includes(name));
    // Of a place with several names one alone is too little: it could be anything.
    if (strays || (found < 2 && names.length > 1 && length > 1)) continue;
    return length * 100 + found * 10 - (path.length - found);
  }
  return 0;
}
