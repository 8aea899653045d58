/**
 * Names of operations and schemas, as generators like them: `saved_schools` is `SavedSchools`. Where two of the names that a document has become the same
 * one, the later keeps its own form. Only names that are in the document are looked at: a name must not tell of one that is left out.
 */
export function typeNames(names: Iterable<string>): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const named = new Map<string, string>();
  for (const name of names) {
    let own = pascal(name);
    if (taken.has(own)) own = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    for (let number = 2; taken.has(own); number++) own = `${pascal(name)}_${number}`;
    taken.add(own);
    named.set(name, own);
  }
  return named;
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|_+)([A-Za-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Gives each name once; who comes later with one that is taken gets a number. */
export function createNameRegistry(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    let own = name;
    for (let number = 2; taken.has(own); number++) own = `${name}_${number}`;
    taken.add(own);
    return own;
  };
}
