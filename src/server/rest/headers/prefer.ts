import { AppError } from "#contract";

/** What a `Prefer` header (RFC 7240) asks for, each undefined where it is not said. */
export interface Preferences {
  /** `ids` is ours, for inserts: the ids of the new rows, in their order, as a JSON array. */
  readonly return?: "minimal" | "headers-only" | "representation" | "ids";
  readonly count?: "exact" | "planned" | "estimated";
  readonly resolution?: "merge-duplicates" | "ignore-duplicates";
  readonly missing?: "default" | "null";
  readonly handling?: "strict" | "lenient";
  readonly tx?: "commit" | "rollback";
  /** Only heeded with `handling=strict`, as in PostgREST. */
  readonly "max-affected"?: number;
}

type PreferenceName = keyof Preferences;

/** The values of each preference. Its order is the one of `Preference-Applied`. */
const known: ReadonlyMap<string, readonly string[]> = new Map<PreferenceName, readonly string[]>([
  ["resolution", ["merge-duplicates", "ignore-duplicates"]],
  ["missing", ["default", "null"]],
  ["return", ["minimal", "headers-only", "representation", "ids"]],
  ["count", ["exact", "planned", "estimated"]],
  ["tx", ["commit", "rollback"]],
  ["handling", ["strict", "lenient"]],
  ["max-affected", []],
]);

const nothing: Preferences = Object.freeze({});
const COUNT = /^\d{1,15}$/;

/** Headers that were read, by their text: clients send the same few again and again. */
const remembered = new Map<string, Preferences>();
const maxRemembered = 200;
const maxRememberedLength = 200;

/**
 * Reads the header. The first of several values counts; what is not understood is ignored, or `invalidPreference` where handling
 * is strict.
 */
export function parsePrefer(header: string | undefined): Preferences {
  if (header === undefined || header === "") return nothing;
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const preferences = Object.freeze(readPreferences(header));
  if (header.length <= maxRememberedLength) {
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(header, preferences);
  }
  return preferences;
}

function readPreferences(header: string): Preferences {
  const found = new Map<string, string | number>();
  const invalid: string[] = [];
  for (const part of header.split(",")) {
    const preference = part.trim();
    if (preference === "") continue;
    const equals = preference.indexOf("=");
    const name = (equals === -1 ? preference : preference.slice(0, equals)).trim().toLowerCase();
    const value = equals === -1 ? "" : unquote(preference.slice(equals + 1).trim());
    const values = known.get(name);
    const isValid = name === "max-affected" ? COUNT.test(value) : values?.includes(value) === true;
    if (!isValid) invalid.push(preference);
    else if (!found.has(name)) found.set(name, name === "max-affected" ? Number(value) : value);
  }
  const preferences = Object.fromEntries(found) as Preferences;
  if (invalid.length > 0 && preferences.handling === "strict") {
    throw new AppError("invalidPreference", {
      message: "Invalid preferences given with handling=strict",
      details: `Invalid preferences: ${invalid.join(", ").slice(0, 500).toWellFormed()}`,
    });
  }
  return preferences;
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** The bound on changed rows, where it is to be heeded. */
export function maxAffected(preferences: Preferences): number | undefined {
  return preferences.handling === "strict" ? preferences["max-affected"] : undefined;
}

/** The `Preference-Applied` header for those of the preferences that the request could heed; nothing where there are none. */
export function preferenceApplied(
  preferences: Preferences,
  heeded: ReadonlySet<PreferenceName>,
): Readonly<Record<string, string>> {
  if (preferences === nothing) return nothing as Readonly<Record<string, string>>;
  const applied: string[] = [];
  for (const name of known.keys() as Iterable<PreferenceName>) {
    const value = name === "max-affected" ? maxAffected(preferences) : preferences[name];
    if (value !== undefined && heeded.has(name)) applied.push(`${name}=${value}`);
  }
  return applied.length === 0 ? {} : { "preference-applied": applied.join(", ") };
}

const heededBy = (...names: readonly PreferenceName[]): ReadonlySet<PreferenceName> => new Set(names);

/** Which preferences each kind of request heeds. */
export const heeded: Readonly<
  Record<"read" | "insert" | "update" | "delete" | "upsert" | "restore" | "call", ReadonlySet<PreferenceName>>
> = {
  read: heededBy("count", "tx", "handling"),
  insert: heededBy("resolution", "missing", "return", "count", "tx", "handling"),
  update: heededBy("return", "count", "tx", "handling", "max-affected"),
  delete: heededBy("return", "count", "tx", "handling", "max-affected"),
  upsert: heededBy("missing", "return", "tx", "handling"),
  restore: heededBy("return", "tx", "handling"),
  call: heededBy("return", "count", "tx", "handling", "max-affected"),
};
