/** What a table, a field, a function or a role may be called. */
const NAME = /^[a-z][A-Za-z0-9_]{0,62}$/;

/** Names with a meaning in JavaScript objects that would surprise whoever meets them as data. */
const RESERVED: ReadonlySet<string> = new Set(["constructor", "prototype", "then"]);

/** What is wrong with a name, in words that follow it; undefined where nothing is. */
export function nameProblem(name: string): string | undefined {
  if (RESERVED.has(name)) return `'${name}' is a reserved name`;
  if (name.startsWith("_")) return `'${name}' must not start with an underscore: such names are the server's own`;
  if (!NAME.test(name)) {
    return `'${name}' must start with a lower-case letter and have only letters, digits and underscores, at most 63 in all`;
  }
  return undefined;
}

/** The same for a table, which shares its name space with what the database keeps for itself. */
export function tableNameProblem(name: string): string | undefined {
  if (/^(?:chassis|sqlite|pg_)/i.test(name))
    return `'${name}' must not start with chassis, sqlite or pg_: such tables are the server's own`;
  if (DB_NAMES.has(name)) return `'${name}' is a call of db, where the tables stand too; choose another name`;
  if (name === "rpc") return "'rpc' is where functions are called; choose another name";
  // The way back along a reference has the name of the referring table.
  return fieldNameProblem(name);
}

/** What `db` itself answers to: src/application/functions/db.ts. */
const DB_NAMES: ReadonlySet<string> = new Set(["read", "write", "asSystem", "sql"]);

/** The same for a field or relation, which shares its name space with what conditions on the data are made of. */
export function fieldNameProblem(name: string): string | undefined {
  if (CONDITION_NAMES.has(name)) return `'${name}' is a word of conditions, as in { or: [...] }; choose another name`;
  return nameProblem(name);
}

/** src/application/functions/where.ts: what a condition on a row has beside the fields of the row. */
const CONDITION_NAMES: ReadonlySet<string> = new Set(["and", "or", "not", "some", "none", "every"]);

/** Names that differ in case alone: databases do not tell such apart. Each with the one that came before it. */
export function caseTwins(names: Iterable<string>): readonly (readonly [name: string, earlier: string])[] {
  const seen = new Map<string, string>();
  const twins: [string, string][] = [];
  for (const name of names) {
    const earlier = seen.get(name.toLowerCase());
    if (earlier === undefined) seen.set(name.toLowerCase(), name);
    else twins.push([name, earlier]);
  }
  return twins;
}
