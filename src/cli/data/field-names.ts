import { didYouMean } from "#base";
import type { Table } from "#database";
import { CommandError, UsageError } from "../command-line/command-error.ts";

/** What a file's own names stand for. */
export interface FieldNames {
  /** The field that the file calls so; undefined for what is passed over. Throws for a name that stands for none. */
  fieldOf(name: string): string | undefined;
  /** The same row under the fields' names. Names that stand for none stay: whoever writes the row says so. */
  rename(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Names that were to be renamed and came nowhere, and computed fields that came and were passed over. */
  readonly unseen: ReadonlySet<string>;
  readonly computed: ReadonlySet<string>;
}

/** `column=field`; nothing after the sign passes the column over. */
export function readMap(given: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const text of given) {
    const equals = text.indexOf("=");
    if (equals < 1) throw new UsageError(`--map is written column=field, such as --map "Full name=name", not '${text}'.`);
    const [column, field] = [text.slice(0, equals), text.slice(equals + 1)];
    if (map.has(column)) throw new UsageError(`--map says twice what '${column}' is.`);
    map.set(column, field);
  }
  const fields = [...map.values()].filter((field) => field !== "");
  const twice = fields.find((field, place) => fields.indexOf(field) !== place);
  if (twice !== undefined) throw new UsageError(`--map has two columns for the field '${twice}'.`);
  return map;
}

export function createFieldNames(table: Table, map: ReadonlyMap<string, string>): FieldNames {
  for (const field of map.values()) if (field !== "") refuseUnknown(table, field);
  const computedNames = [...table.columns.values()].flatMap((column) => (column.computed === undefined ? [] : [column.name]));
  const unseen = new Set(map.keys());
  const computed = new Set<string>();
  const place = (name: string): string | undefined => {
    const to = map.get(name);
    if (to !== undefined) unseen.delete(name);
    const field = to ?? name;
    if (!computedNames.includes(field)) return field === "" ? undefined : field;
    // An export has them, for whoever reads it; here they are worked out anew.
    computed.add(field);
    return undefined;
  };
  return {
    unseen,
    computed,
    fieldOf(name) {
      const field = place(name);
      if (field !== undefined) refuseUnknown(table, field);
      return field;
    },
    rename(row) {
      if (map.size === 0 && !computedNames.some((name) => Object.hasOwn(row, name))) return row;
      const renamed: Record<string, unknown> = Object.create(null);
      for (const [name, value] of Object.entries(row)) {
        const field = place(name);
        if (field !== undefined) renamed[field] = value;
      }
      return renamed;
    },
  };
}

function refuseUnknown(table: Table, field: string): void {
  if (table.columns.has(field)) return;
  const close = didYouMean(field, table.columns.keys());
  throw new CommandError(
    `There is no field '${field}' in '${table.name}'${close === "" ? `: it has ${[...table.columns.keys()].join(", ")}.` : close}`,
  );
}
