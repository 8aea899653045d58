import type { KeyScope } from "#contract";

/** Scopes that are remembered: people write as many as they like. */
const MOST = 1000;

/**
 * Short names of scopes, for what is worked out of each. Two that say the same share one for as long as it is remembered; no two that differ ever
 * do, since a name that was forgotten is not given again.
 */
export function createScopeNames(): (scope: KeyScope) => string {
  const names = new Map<string, string>();
  let last = 0;
  return ({ access, tables }) => {
    const text = JSON.stringify([access, tables?.toSorted() ?? null]);
    let name = names.get(text);
    if (name === undefined) {
      name = `scope ${++last}`;
      if (names.size >= MOST) names.clear();
      names.set(text, name);
    }
    return name;
  };
}
