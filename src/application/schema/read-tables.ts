import type { KindName } from "#contract";
import { deletedColumn, type Keeping, managedColumns } from "#database";
import { type DefinitionProblem, namedThings } from "./definition-error.ts";
import type { Field, FieldState } from "./field.ts";
import { id, integer, timestamp } from "./fields.ts";
import { readKeeping } from "./read-keeping.ts";
import { caseTwins, fieldNameProblem, tableNameProblem } from "./names.ts";
import type { ColumnSets, FieldMap, TableDefinition } from "./table.ts";

/** What was written about one table, in one form. */
export interface WrittenTable {
  readonly name: string;
  /** `id` first; those that every table has by itself last. */
  readonly fields: ReadonlyMap<string, FieldState>;
  readonly unique: ColumnSets;
  readonly indexes: ColumnSets;
  readonly checks: TableDefinition<FieldMap, ColumnSets>["~table"]["checks"];
  readonly softDelete: Keeping | undefined;
  readonly history: Keeping | undefined;
  readonly audit: boolean;
  /** What was written, unchecked; undefined where the table says nothing. */
  readonly tenant: unknown;
}

export function readTables(input: unknown, problems: DefinitionProblem[]): readonly WrittenTable[] {
  const tables = namedThings(input, "tables", problems);
  const names = Object.keys(tables);
  for (const name of names) {
    const message = tableNameProblem(name);
    if (message !== undefined) problems.push({ place: name, message });
  }
  reportTwins(names, "", problems);
  return names.map((name) => readTable(name, tables[name], problems));
}

function readTable(name: string, input: unknown, problems: DefinitionProblem[]): WrittenTable {
  const {
    fields: given,
    softDelete,
    history,
    audit,
    ...options
  } = isDefinition(input) ? input["~table"] : { fields: input, ...noOptions };
  const keeping = (option: unknown, what: string): Keeping | undefined =>
    readKeeping(option, what, (message) => problems.push({ place: `${name}.${what}`, message }));
  const kept = { softDelete: keeping(softDelete, "softDelete"), history: keeping(history, "history") };
  // Whoever writes JavaScript may say anything; what is meant to be recorded must not go unrecorded for that.
  if (typeof audit !== "boolean") problems.push({ place: `${name}.audit`, message: "is true or false" });
  const managed = kept.softDelete === undefined ? managedColumns : [...managedColumns, deletedColumn];
  const written = namedThings(given, name, problems);
  const fields = new Map([["id", stateOf(written["id"]) ?? id()["~field"]]]);
  for (const [fieldName, field] of Object.entries(written)) {
    const place = `${name}.${fieldName}`;
    const state = stateOf(field);
    const message = fieldNameProblem(fieldName) ?? reservedField(fieldName, state, managed);
    if (message !== undefined) problems.push({ place, message });
    if (state === undefined) problems.push({ place, message: 'is no field; write one such as text() or ref("users")' });
    else if (!managed.includes(fieldName)) fields.set(fieldName, state);
  }
  // `Id` is a twin of the `id` that comes by itself.
  reportTwins([...new Set(["id", ...managed, ...Object.keys(written)])], `${name}.`, problems);
  for (const fieldName of managed) fields.set(fieldName, managedFields[fieldName as keyof typeof managedFields]["~field"]);
  return { name, fields, ...options, ...kept, audit };
}

const noOptions = {
  unique: [],
  indexes: [],
  checks: undefined,
  softDelete: false,
  history: false,
  audit: false,
  tenant: undefined,
};

const managedFields = {
  created: timestamp().immutable(),
  updated: timestamp(),
  version: integer(),
  [deletedColumn]: timestamp().optional(),
} satisfies Readonly<Record<string, Field>>;

function isDefinition(input: unknown): input is TableDefinition<FieldMap, ColumnSets> {
  return typeof input === "object" && input !== null && "~table" in input;
}

function reportTwins(names: Iterable<string>, prefix: string, problems: DefinitionProblem[]): void {
  for (const [name, earlier] of caseTwins(names)) {
    problems.push({ place: prefix + name, message: `the name differs from '${earlier}' in case alone` });
  }
}

/** What was written about a field; undefined for what is none. */
export function stateOf(field: unknown): FieldState | undefined {
  return typeof field === "object" && field !== null && "~field" in field ? (field as Field)["~field"] : undefined;
}

const keyKinds: ReadonlySet<string> = new Set(["uuid", "integer", "text"]);

function reservedField(name: string, state: FieldState | undefined, managed: readonly string[]): string | undefined {
  if (managed.includes(name)) {
    const whose = name === deletedColumn ? "a table with softDelete" : "every table";
    return `${whose} has '${name}' by itself, set by the server; choose another name`;
  }
  if (state === undefined) return undefined;
  if (name === "id" && (!keyKinds.has(state.kind) || state.nullable))
    return 'the primary key is id(), id("integer") or id("text")';
  // Only id() makes a field of the kind uuid.
  if (name !== "id" && state.kind === "uuid")
    return "id() is the primary key and can only be the field 'id'; refer to a row by ref()";
  return undefined;
}

/** The kind of the table's `id`, which references to it have too. */
export function keyKindOf({ fields }: WrittenTable): KindName {
  const kind = fields.get("id")?.kind;
  return kind === "integer" || kind === "text" ? kind : "uuid";
}
