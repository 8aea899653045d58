import { type KindName, kinds } from "#contract";
import { type Check, type Column, createScopes, deletedColumn, type Organisations, type Table, type ValueType } from "#database";
import { buildChecks } from "../rules/build-check.ts";
import { buildComputed } from "../rules/build-computed.ts";
import { type DefinitionProblem, namedThings } from "./definition-error.ts";
import { createDoubts, type DraftModel } from "./doubts.ts";
import { fieldNameProblem, nameProblem } from "./names.ts";
import { keyKindOf, readTables, stateOf, type WrittenTable } from "./read-tables.ts";
import { resolveColumn } from "./resolve-column.ts";
import { reportIndexCollisions, resolveIndexes } from "./resolve-indexes.ts";
import { resolveOrganisations } from "./resolve-organisations.ts";
import { resolveRelations } from "./resolve-relations.ts";
import { resolveTenants } from "./resolve-tenants.ts";
import { reportLeaks } from "./tenant-leaks.ts";

/** What `defineSchema` was given, as callers without types may give it. */
export interface WrittenSchema {
  readonly tables: unknown;
  readonly roles: unknown;
  readonly claims: unknown;
  readonly computed: unknown;
  readonly tenant?: unknown;
  readonly organisations?: unknown;
}

/** A schema before anybody asked whether it has mistakes. */
export interface SchemaDraft {
  /** As good as the mistakes let it be. */
  readonly model: DraftModel;
  /** Every mistake, and what is in doubt for their sake. */
  readonly problems: readonly DefinitionProblem[];
}

/** What was written, resolved as far as its mistakes let it. */
export function resolveSchema(written: WrittenSchema): SchemaDraft {
  const problems: DefinitionProblem[] = [];
  const tables = readTables(written.tables, problems);
  const keyKinds = new Map(tables.map((table) => [table.name, keyKindOf(table)]));
  const bare = tables.map((table) => resolveTable(table, keyKinds, problems));
  const inverses = readInverses(tables, problems);
  const relations = resolveRelations(new Map(bare.map((table) => [table.name, table])), inverses, problems);
  const stored = new Map(
    bare.map((table): [string, Table] => {
      const own = relations.get(table.name) ?? [];
      const named = own.flatMap((relation) => (relation.name === undefined ? [] : [[relation.name, relation] as const]));
      return [table.name, { ...table, relations: own, relationsByName: new Map(named) }];
    }),
  );
  checkOwnNames(stored, problems);
  reportIndexCollisions(stored.values(), problems);
  const tenancies = resolveTenants({ written: tables, tables: stored, everywhere: written.tenant }, problems);
  const organisations = resolveOrganisations(written.organisations, stored, problems);
  checkCascades(stored, organisations, problems);
  const doubts = createDoubts(problems, { tables: keyKinds.keys(), inverses: inverses.values() });
  const source = { tables: stored, fresh: createScopes("c"), doubts };
  const hint = "; a computed field sees stored ones alone";
  const computed = buildComputed({ ...source, hint }, namedThings(written.computed, "computed", problems), problems);
  const checked = new Map<string, Table>();
  for (const table of tables) {
    const base = stored.get(table.name);
    if (base === undefined) continue;
    const checks: readonly Check[] = buildChecks(source, { table: base, callback: table.checks }, problems);
    const columns = new Map([...base.columns, ...(computed.get(table.name) ?? [])]);
    const tenancy = tenancies.get(table.name);
    checked.set(table.name, { ...base, checks, columns, ...(tenancy === undefined ? {} : { tenancy }) });
  }
  reportLeaks(checked, problems);
  const roles = readRoles(written.roles, problems);
  const claims = readClaims(written.claims, problems);
  const model = {
    tables: checked,
    roles,
    claims,
    actorId: { scalar: kinds[keyKinds.get("users") ?? "text"].scalar },
    ...(organisations === undefined ? {} : { organisations }),
  };
  return { model: problems.length === 0 ? model : { ...model, doubts }, problems };
}

type StoredTable = Omit<Table, "relations" | "relationsByName">;

function resolveTable(table: WrittenTable, keyKinds: ReadonlyMap<string, KindName>, problems: DefinitionProblem[]): StoredTable {
  const columns = new Map<string, Column>();
  for (const [name, state] of table.fields) {
    const report = (message: string): void => void problems.push({ place: `${table.name}.${name}`, message });
    const column = resolveColumn(state, { table: table.name, name, keyKinds, report });
    const own = name === deletedColumn && table.softDelete === undefined ? undefined : managedDefaults.get(name);
    columns.set(name, own === undefined ? column : { ...column, default: own });
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
    softDelete: table.softDelete,
    history: table.history,
    audit: table.audit,
  };
}

/** The names of ways back that `.inverse()` gave, by the place of the reference. */
function readInverses(tables: readonly WrittenTable[], problems: DefinitionProblem[]): ReadonlyMap<string, string> {
  const inverses = new Map<string, string>();
  for (const { name: table, fields } of tables) {
    for (const [name, { reference }] of fields) {
      if (reference?.inverse === undefined) continue;
      const place = `${table}.${name}`;
      const message = fieldNameProblem(reference.inverse);
      if (message !== undefined) problems.push({ place, message: `inverse(): ${message}` });
      inverses.set(place, reference.inverse);
    }
  }
  return inverses;
}

/** A map, because a column may be called as what every object has. */
const managedDefaults: ReadonlyMap<string, Column["default"]> = new Map(
  Object.entries({
    created: { type: "now" },
    updated: { type: "touch" },
    version: { type: "increment" },
    [deletedColumn]: { type: "deletion" },
  }),
);

/** Beside a table there may be others: `<table>_history`, and for full-text search `<table>_search` and what belongs to it. */
function checkOwnNames(tables: ReadonlyMap<string, Table>, problems: DefinitionProblem[]): void {
  for (const name of tables.keys()) {
    const past = /^(.+)_history$/.exec(name)?.[1];
    if (past !== undefined && tables.get(past)?.history !== undefined)
      problems.push({ place: name, message: `the name is that of the old versions of '${past}'; choose another name` });
    const owner = /^(.+)_search(?:_(?:data|idx|content|docsize|config))?$/.exec(name)?.[1];
    if (owner === undefined || (tables.get(owner)?.searchColumns.length ?? 0) === 0) continue;
    problems.push({ place: name, message: `the name is that of the search table of '${owner}'; choose another name` });
  }
}

/**
 * Where a deleted row can come back, what its delete took along must be able to. Memberships of an organisation are not taken along: they wait where they are, and are
 * nothing while it is gone.
 */
function checkCascades(
  tables: ReadonlyMap<string, Table>,
  organisations: Organisations | undefined,
  problems: DefinitionProblem[],
): void {
  for (const table of tables.values()) {
    if (table.softDelete !== undefined) continue;
    for (const { name, reference } of table.columns.values()) {
      if (reference?.onDelete !== "cascade" || tables.get(reference.table)?.softDelete === undefined) continue;
      const place = `${table.name}.${name}`;
      if (table.name === organisations?.members) {
        if (name === organisations.organisation) continue;
        const message = `'${reference.table}' has softDelete, and whoever is gone would still be a member: leave it out where there are organisations`;
        problems.push({ place, message });
        continue;
      }
      problems.push({
        place,
        message: `'${reference.table}' has softDelete and its delete would take these rows along for good: give '${table.name}' softDelete too, or choose another onDelete()`,
      });
    }
  }
}

function readRoles(roles: unknown, problems: DefinitionProblem[]): readonly string[] {
  if (!Array.isArray(roles)) {
    problems.push({ place: "roles", message: 'must be a list such as ["editor"]' });
    return [];
  }
  return roles.flatMap((role: unknown, index) => {
    const place = `roles.${String(role)}`;
    const message = typeof role === "string" ? nameProblem(role) : "a role is a text";
    if (message !== undefined) problems.push({ place, message });
    else if (roles.indexOf(role) !== index) problems.push({ place, message: "the role stands there twice" });
    return typeof role === "string" ? [role] : [];
  });
}

function readClaims(written: unknown, problems: DefinitionProblem[]): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const [name, field] of Object.entries(namedThings(written, "claims", problems))) {
    const report = (message: string): void => void problems.push({ place: `claims.${name}`, message });
    const [message, state] = [nameProblem(name), stateOf(field)];
    if (message !== undefined) report(message);
    if (state === undefined) report("is no field; write one such as text()");
    else if (state.kind === "ref" || state.kind === "secret") report(`a claim cannot be a ${state.kind}; use text()`);
    else types.set(name, resolveColumn(state, { table: "claims", name, keyKinds: new Map(), report }).type);
  }
  return types;
}
