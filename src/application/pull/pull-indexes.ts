import type { SourceIndex, SourceTable } from "#database";
import type { PulledField } from "./pulled-schema.ts";
import type { SourceKey } from "./source-key.ts";

interface IndexQuestion {
  readonly table: SourceTable;
  readonly fields: readonly PulledField[];
  /** The field of each column. */
  readonly names: ReadonlyMap<string, string>;
  readonly key: SourceKey;
  /** Gets what is not taken over. */
  readonly comments: string[];
}

interface PulledIndexes {
  readonly fields: readonly PulledField[];
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly (readonly string[])[];
}

/** Uniques and indexes of one column become modifiers, those of several the options of the table. */
export function pullIndexes({ table, fields, names, key, comments }: IndexQuestion): PulledIndexes {
  const uniques = new Map<string, readonly string[]>();
  const indexes = new Map<string, readonly string[]>();
  // The columns of a key that did not become the id, or that is a reference beside it.
  const isKept = table.primaryKey.length > 0 && (key.column === undefined || names.has(key.column));
  const keySet = isKept ? [{ unique: true, columns: table.primaryKey, partial: false, collation: undefined, name: "" }] : [];
  for (const index of [...keySet, ...table.indexes]) {
    const columns = index.columns.map((column) => (column === undefined ? undefined : names.get(column)));
    const problem = indexProblem(index, columns, key);
    if (problem !== undefined) {
      if (problem !== "") comments.push(problem);
      continue;
    }
    const present = columns.filter((column) => column !== undefined);
    (index.unique ? uniques : indexes).set(present.join(","), present);
  }
  const [unique, several] = [uniques, indexes].map((sets) => [...sets.values()].filter((columns) => columns.length > 1));
  const first = new Set([...uniques.values(), ...(several ?? [])].map(([column]) => column));
  return {
    fields: fields.map((field) => {
      const base = field.calls[0]?.name ?? "";
      if (uniques.has(field.name)) return withModifier(field, base, "unique");
      return indexes.has(field.name) && !first.has(field.name) && base !== "ref" ? withModifier(field, base, "index") : field;
    }),
    unique: unique ?? [],
    indexes: (several ?? []).filter((columns) => !uniques.has(columns.join(","))),
  };
}

function withModifier(field: PulledField, kind: string, modifier: "unique" | "index"): PulledField {
  if (kind !== "json" && kind !== "secret") return { ...field, calls: [...field.calls, { name: modifier, arguments: [] }] };
  const note = `it was ${modifier === "unique" ? "unique" : "indexed"}, which a ${kind} cannot be`;
  return { ...field, comment: field.comment === undefined ? note : `${field.comment}; ${note}` };
}

/** Undefined for an index that can be taken over; an empty text for one that needs no word. */
function indexProblem(index: SourceIndex, columns: readonly (string | undefined)[], key: SourceKey): string | undefined {
  const what = `${index.unique ? "unique index" : "index"} "${index.name}"`;
  if (index.columns.length === 1 && index.columns[0] !== undefined && index.columns[0] === key.column && columns[0] === undefined)
    return "";
  if (index.partial) return `${what} covers only some rows and is not taken over`;
  if (index.columns.includes(undefined)) return `${what} is over an expression and is not taken over`;
  if (columns.includes(undefined))
    return `${what} (${index.columns.join(", ")}) is not taken over: id, created and updated cannot be in one`;
  // Without it an index would still serve, but "unique" would mean less than it did.
  if (index.unique && index.collation !== undefined) return `${what} is unique by ${index.collation}, which is not taken over`;
  return undefined;
}
