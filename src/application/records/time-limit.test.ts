import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger, systemClock } from "#base";
import { AppError } from "#contract";
import { openSqlite, prepareDatabase, sqliteDialect } from "#database";
import { projectsBackend, projectsSecretKeys } from "../../../tests/support/projects-backend.ts";
import { countingIds, fillProjects } from "../../../tests/support/projects-data.ts";
import { compare, fields, insert, openProjects } from "../../../tests/support/projects-store.ts";
import { system } from "../access/caller.ts";
import type { FilterOperator } from "./filter-operators.ts";
import type { Condition, Embed, ReadQuery, SelectItem } from "./query.ts";
import { createRecordStore } from "./record-store.ts";

const limit = 100;

test("a query that takes too long is stopped, and the next one is served", async (t) => {
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock: systemClock, statementTimeLimit: limit });
  t.after(() => database.close());
  const { model, rules } = projectsBackend;
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
  const { ids, ann } = await fillProjects(store);
  const many = Array.from({ length: 3000 }, (_, index) => ({ project: ids["open"], title: `Task ${index}` }));
  await store.write(
    { type: "insert", table: "tasks", rows: many, rowForm: "json", form: "json", values: [], missing: "default" },
    system,
  );

  // A thousand tasks, each with the thousand of its project, each of those with theirs: a thousand million rows.
  const tasks = (items: Embed["selection"]["items"]): Embed => ({
    type: "embed",
    target: "tasks",
    join: "left",
    spread: false,
    selection: { items },
  });
  const project = (items: Embed["selection"]["items"]): Embed => ({
    type: "embed",
    target: "project",
    join: "left",
    spread: false,
    selection: { items },
  });
  const endless: ReadQuery = {
    table: "tasks",
    selection: { items: [project([tasks([project([tasks([{ type: "all" }])])])])] },
    values: [],
    form: "json",
  };
  const started = performance.now();
  await assert.rejects(store.read(endless, ann), (thrown: unknown) => thrown instanceof AppError && thrown.error === "timeout");
  // Generous: the machine may be busy. Without the limit this runs for hours.
  assert.ok(performance.now() - started < 50 * limit);
  const next = await store.read({ table: "tasks", selection: { items: [{ type: "count" }] }, values: [], form: "json" }, ann);
  assert.equal(next.json, '[{"count":3003}]');
});

test("an answer that grows too large is refused", async (t) => {
  const { database, data } = await openProjects();
  t.after(() => database.close());
  const { model, rules } = projectsBackend;
  const small = createRecordStore({
    database,
    dialect: sqliteDialect,
    model,
    rules,
    clock: systemClock,
    ids: countingIds(),
    secretKeys: projectsSecretKeys,
    limits: { maxAnswerLength: 300 },
  });
  const all: ReadQuery = { table: "tasks", selection: { items: [] }, values: [], form: "json" };
  await assert.rejects(
    small.read(all, data.ann),
    (thrown: unknown) => thrown instanceof AppError && thrown.error === "limitExceeded" && /maxAnswerLength/.test(thrown.message),
  );
  assert.ok((await small.read(all, system)).json.length > 300, "the back end's own code has no such limit");
});

test("a query may have few regular expressions and searches, and none that is large", async (t) => {
  const { database, rows } = await openProjects();
  t.after(() => database.close());
  const many = (operator: FilterOperator, count: number): Condition => ({
    type: "or",
    conditions: Array.from({ length: count }, () => compare("title", operator, 0)),
  });
  const read = (where: Condition, value: string): Promise<unknown> =>
    rows("projects", { items: fields("title"), where }, [value], null);
  const isLimit = (thrown: unknown): boolean => thrown instanceof AppError && thrown.error === "limitExceeded";
  await read(many("imatch", 5), "o");
  await assert.rejects(read(many("imatch", 6), "o"), isLimit);
  await assert.rejects(read(many("plfts", 6), "o"), isLimit);
  for (const pattern of [String.raw`\pL{999}`, "a{150}b{60}", "a".repeat(501), "(a{100}){101,}"]) {
    await assert.rejects(
      read(many("match", 1), pattern),
      (thrown: unknown) => thrown instanceof AppError && thrown.status === 400,
      pattern,
    );
  }
  await assert.rejects(
    read({ type: "compare", path: { column: "title", json: [] }, operator: "match", quantifier: "any", value: 0 }, "x"),
  );
});

test("a query that calls functions too often is stopped", async (t) => {
  const { store, database, data } = await openProjects();
  t.after(() => database.close());
  const { returning: _, ...tasks } = insert("tasks", []);
  const titles = Array.from({ length: 40_000 }, (_, index) => ({ project: data.ids["open"], title: `Task ${index}` }));
  await store.write({ ...tasks, rows: titles }, system);
  const where: Condition = { type: "or", conditions: Array.from({ length: 20 }, () => compare("title", "ilike", 0)) };
  const query: ReadQuery = { table: "tasks", selection: { items: fields("id"), where }, values: ["%nowhere%"], form: "json" };
  await assert.rejects(store.read(query, null), (thrown: unknown) => thrown instanceof AppError && thrown.error === "timeout");
});

test("a statement that is too large for SQLite is the caller's to make smaller", async (t) => {
  const { database, rows } = await openProjects();
  t.after(() => database.close());
  const conditions = Array.from({ length: 190 }, () => compare("name", "neq", 0));
  const items: SelectItem[] = Array.from({ length: 190 }, (_, index) => ({
    type: "field",
    path: { column: "name", json: [] },
    alias: `n${index}`,
  }));
  const spread: Embed = {
    type: "embed",
    target: "owner",
    join: "left",
    spread: true,
    selection: { items, where: { type: "and", conditions } },
  };
  await assert.rejects(
    rows("projects", { items: [{ type: "count" }, spread] }, ["x"], null),
    (thrown: unknown) => thrown instanceof AppError && thrown.error === "limitExceeded",
  );
});
