import assert from "node:assert/strict";
import { AppError, type ErrorName } from "#contract";
import type {
  Caller,
  Condition,
  Embed,
  FilterOperator,
  InsertQuery,
  Path,
  ReadQuery,
  RecordStore,
  SelectItem,
  Selection,
} from "#application";
import { createRecordStore } from "#application";
import { silentLogger, systemClock } from "#base";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { projectsBackend, projectsSecretKeys } from "./projects-backend.ts";
import { countingIds, fillProjects, type ProjectsData } from "./projects-data.ts";

/** The projects back end on a database of its own, and queries in few words. */

export interface ProjectsStore {
  readonly database: SqliteDatabase;
  readonly store: RecordStore;
  readonly data: ProjectsData;
  readonly rows: (
    table: string,
    selection: Partial<Selection>,
    values: readonly unknown[],
    caller: Caller,
    more?: Partial<ReadQuery>,
  ) => Promise<Record<string, unknown>[]>;
  readonly titles: (
    selection: Partial<Selection>,
    values: readonly unknown[],
    caller: Caller,
    table?: string,
  ) => Promise<unknown[]>;
}

export async function openProjects(): Promise<ProjectsStore> {
  const { model, rules } = projectsBackend;
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock: systemClock });
  await prepareDatabase(database, model);
  const store = createRecordStore({
    database,
    dialect: sqliteDialect,
    model,
    rules,
    clock: systemClock,
    ids: countingIds(),
    secretKeys: projectsSecretKeys,
  });
  const rows: ProjectsStore["rows"] = async (table, selection, values, caller, more = {}) => {
    const result = await store.read({ table, selection: { items: [], ...selection }, values, form: "json", ...more }, caller);
    return JSON.parse(result.json) as Record<string, unknown>[];
  };
  return {
    database,
    store,
    data: await fillProjects(store),
    rows,
    titles: async (selection, values, caller, table = "projects") =>
      (await rows(table, { items: fields("title"), ...selection }, values, caller)).map((row) => row["title"]),
  };
}

export const path = (column: string, ...json: (string | number)[]): Path => ({
  column,
  json: json.map((key) => ({ key, asText: true })),
});
const field = (column: string): SelectItem => ({ type: "field", path: path(column) });
export const fields = (...columns: string[]): SelectItem[] => columns.map(field);
export const compare = (column: string, operator: FilterOperator, value: number): Condition => ({
  type: "compare",
  path: path(column),
  operator,
  value,
});
export const embed = (target: string, selection: Partial<Selection> = {}, more: Partial<Embed> = {}): Embed => ({
  type: "embed",
  target,
  join: "left",
  spread: false,
  selection: { items: [{ type: "all" }], ...selection },
  ...more,
});

export const failsWith =
  (error: ErrorName, message?: RegExp) =>
  (thrown: unknown): boolean => {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.error, error, thrown.message);
    if (message !== undefined) assert.match(`${thrown.message} ${thrown.details ?? ""}`, message);
    return true;
  };

export const insert = (table: string, input: Record<string, unknown>[], more: Partial<InsertQuery> = {}): InsertQuery => ({
  type: "insert",
  table,
  rows: input,
  rowForm: "json",
  form: "json",
  values: [],
  missing: "default",
  returning: { items: [] },
  ...more,
});
