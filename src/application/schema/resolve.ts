import { type KindName, kinds } from "#contract";
import { type Check, type Column, createScopes, managedColumns, type Model, type Table, type ValueType } from "#database";
import { buildChecks } from "../rules/build-check.ts";
import { buildComputed } from "../rules/build-computed.ts";
import { type DefinitionProblem, refuseDefinition } from "./definition-error.ts";
import type { Field, FieldState } from "./field.ts";
import { integer, timestamp, id as uuidKey } from "./fields.ts";
import { caseTwins, nameProblem, tableNameProblem } from "./names.ts";
import { resolveColumn } from "./resolve-column.ts";
import { resolveIndexes } from "./resolve-indexes.ts";
import { resolveRelations } from "./resolve-relations.ts";
import type { ComputedFunctions } from "./schema.ts";
import type { ColumnSets, FieldMap, TableDefinition, TableInput, TableMap } from "./table.ts";

export interface WrittenSchema {
  readonly tables: TableMap;
  readonly roles: readonly string[];
  readonly claims: FieldMap;
  readonly computed: ComputedFunctions;
}

/** What was written about one table, in one form. */
interface WrittenTable {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldState>;
  readonly unique: ColumnSets;
  readonly indexes: ColumnSets;
  readonly checks: TableDefinition<FieldMap, ColumnSets>["~table"]["checks"];
}

/** The model of what was written; throws `DefinitionError` with every mistake. */
export function resolveModel(written: WrittenSchema): Model {
  const problems: DefinitionProblem[] = [];
  const tables = readTables(written.tables, problems);
  const keyKinds = new Map(tables.map(({ name, fields }) => [name, keyKindOf(fields)]));
  const bare = tables.map((table) => resolveTable(table, keyKinds, problems));
  const relations = resolveRelations(new Map(bare.map((table) => [table.name, table])), readInverses(tables, problems), problems);
  const stored = new Map(
    bare.map((table): [string, Table] => {
      const own = relations.get(table.name) ?? [];
      const named = own.flatMap((relation) => (relation.name === undefined ? [] : [[relation.name, relation] as const]));
      return [table.name, { ...table, relations: own, relationsByName: new Map(named) }];
    }),
  );
  checkSearchNames(stored, problems);
  const fresh = createScopes("c");
  const computed = buildComputed({ tables: stored, fresh }, written.computed, problems);
  const checked = new Map<string, Table>();
  for (const table of tables) {
    const base = stored.get(table.name);
    if (base === undefined) continue;
    const checks: readonly Check[] = buildChecks(base, table.checks, problems);
    const columns = new Map([...base.columns, ...(computed.get(table.name) ?? [])]);
    checked.set(table.name, { ...base, checks, columns });
  }
  const roles = readRoles(written.roles, problems);
  const claims = readClaims(written.claims, problems);
  refuseDefinition(problems);
  return { tables: checked, roles, claims, actorId: { scalar: kinds[keyKinds.get("users") ?? "text"].scalar } };
}

function readTables(input: TableMap, problems: DefinitionProblem[]): readonly WrittenTable[] {
  const names = Object.keys(input);
  for (const name of names) {
    const message = tableNameProblem(name);
    if (message !== undefined) problems.push({ place: name, message });
  }
  for (const [name, earlier] of caseTwins(names))
    problems.push({ place: name, message: `the name differs from '${earlier}' in case alone` });
  return names.map((name) => readTable(name, input[name] ?? {}, problems));
}

function isDefinition(input: TableInput): input is TableDefinition<FieldMap, ColumnSets> {
  return "~table" in input;
}

function readTable(name: string, input: TableInput, problems: DefinitionProblem[]): WrittenTable {
  const { fields: written, ...rest } = isDefinition(input)
    ? input["~table"]
    : { fields: input, unique: [], indexes: [], checks: undefined };
  const fields = new Map<string, FieldState>();
  if (!("id" in written)) fields.set("id", uuidKey()["~field"]);
  else if (stateOf(written["id"]) !== undefined) fields.set("id", stateOf(written["id"]) ?? uuidKey()["~field"]);
  for (const [fieldName, field] of Object.entries(written)) {
    const place = `${name}.${fieldName}`;
    const state = stateOf(field);
    const message = nameProblem(fieldName) ?? reservedField(fieldName, state);
    if (message !== undefined) problems.push({ place, message });
    if (state === undefined) problems.push({ place, message: 'is no field; write one such as text() or ref("users")' });
    else if (!managedColumns.includes(fieldName)) fields.set(fieldName, state);
  }
  for (const [fieldName, earlier] of caseTwins([
    ...Object.keys(written),
    ...managedColumns.filter((each) => !(each in written)),
  ])) {
    problems.push({ place: `${name}.${fieldName}`, message: `the name differs from '${earlier}' in case alone` });
  }
  for (const [fieldName, field] of Object.entries(managedFields)) fields.set(fieldName, field["~field"]);
  return { name, fields, ...rest };
}

const managedFields: Readonly<Record<string, Field>> = {
  created: timestamp().immutable(),
  updated: timestamp(),
  version: integer(),
};

function stateOf(field: unknown): FieldState | undefined {
  return typeof field === "object" && field !== null && "~field" in field ? (field as Field)["~field"] : undefined;
}

function reservedField(name: string, state: FieldState | undefined): string | undefined {
  if (managedColumns.includes(name)) return `every table has '${name}' by itself, set by the server; choose another name`;
  const keyKinds = ["uuid", "integer", "text"];
  if (name === "id" && state !== undefined && !keyKinds.includes(state.kind))
    return `the primary key is id(), id("integer") or id("text")`;
  // Only id() makes a field of the kind uuid.
  if (name !== "id" && state?.kind === "uuid")
    return "id() is the primary key and can only be the field 'id'; refer to a row by ref()";
  return undefined;
}

function keyKindOf(fields: ReadonlyMap<string, FieldState>): KindName {
  const kind = fields.get("id")?.kind;
  return kind === "integer" || kind === "text" ? kind : "uuid";
}

type StoredTable = Omit<Table, "relations" | "relationsByName">;

function resolveTable(table: WrittenTable, keyKinds: ReadonlyMap<string, KindName>, problems: DefinitionProblem[]): StoredTable {
  const columns = new Map<string, Column>();
  for (const [name, state] of table.fields) {
    const report = (message: string): void => void problems.push({ place: `${table.name}.${name}`, message });
    const column = resolveColumn(state, { table: table.name, name, keyKinds, report });
    columns.set(name, managedDefaults[name] === undefined ? column : { ...column, default: managedDefaults[name] });
  }
  const key = columns.get("id");
  if (key === undefined) throw new Error(`The table '${table.name}' has no key.`);
  const { uniques, indexes } = resolveIndexes({ ...table, columns }, problems);
  return {
    name: table.name,
    columns,
    key,
    rowKey: key.kind.name === "integer" ? "id" : "_key",
    uniques,
    indexes,
    checks: [],
    searchColumns: [...columns.values()].filter((column) => column.searchable).map((column) => column.name),
  };
}

/** The names of ways back that `.inverse()` gave, by the place of the reference. */
function readInverses(tables: readonly WrittenTable[], problems: DefinitionProblem[]): ReadonlyMap<string, string> {
  const inverses = new Map<string, string>();
  for (const { name: table, fields } of tables) {
    for (const [name, { reference }] of fields) {
      if (reference?.inverse === undefined) continue;
      const place = `${table}.${name}`;
      const message = nameProblem(reference.inverse);
      if (message !== undefined) problems.push({ place, message: `inverse(): ${message}` });
      inverses.set(place, reference.inverse);
    }
  }
  return inverses;
}

const managedDefaults: Readonly<Record<string, Column["default"]>> = {
  created: { type: "now" },
  updated: { type: "touch" },
  version: { type: "increment" },
};

/** Full-text search keeps tables of its own beside a table: `<table>_search` and what belongs to it. */
function checkSearchNames(tables: ReadonlyMap<string, Table>, problems: DefinitionProblem[]): void {
  for (const name of tables.keys()) {
    const owner = /^(.+)_search(?:_(?:data|idx|content|docsize|config))?$/.exec(name)?.[1];
    if (owner === undefined || (tables.get(owner)?.searchColumns.length ?? 0) === 0) continue;
    problems.push({ place: name, message: `the name is that of the search table of '${owner}'; choose another name` });
  }
}

function readRoles(roles: readonly unknown[], problems: DefinitionProblem[]): readonly string[] {
  return roles.flatMap((role, index) => {
    const place = `roles.${String(role)}`;
    const message = typeof role === "string" ? nameProblem(role) : "a role is a text";
    if (message !== undefined) problems.push({ place, message });
    else if (roles.indexOf(role) !== index) problems.push({ place, message: "the role stands there twice" });
    return typeof role === "string" ? [role] : [];
  });
}

function readClaims(claims: FieldMap, problems: DefinitionProblem[]): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const [name, field] of Object.entries(claims)) {
    const report = (message: string): void => void problems.push({ place: `claims.${name}`, message });
    const [message, state] = [nameProblem(name), stateOf(field)];
    if (message !== undefined) report(message);
    if (state === undefined) report("is no field; write one such as text()");
    else if (state.kind === "ref" || state.kind === "secret") report(`a claim cannot be a ${state.kind}; use text()`);
    else types.set(name, resolveColumn(state, { table: "claims", name, keyKinds: new Map(), report }).type);
  }
  return types;
}
