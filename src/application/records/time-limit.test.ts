import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger, systemClock } from "#base";
import { AppError } from "#contract";
import { openSqlite, prepareDatabase, sqliteDialect } from "#database";
import { projectsBackend } from "../../../tests/support/projects-backend.ts";
import { countingIds, fillProjects } from "../../../tests/support/projects-data.ts";
import { openProjects } from "../../../tests/support/projects-store.ts";
import { system } from "../access/caller.ts";
import type { Embed, ReadQuery } from "./query.ts";
import { createRecordStore } from "./record-store.ts";

const limit = 100;

test("a query that takes too long is stopped, and the next one is served", async (t) => {
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock: systemClock, statementTimeLimit: limit });
  t.after(() => database.close());
  const { model, rules } = projectsBackend;
  await prepareDatabase(database, model);
  const store = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock: systemClock, ids: countingIds() });
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
    limits: { maxAnswerLength: 300 },
  });
  const all: ReadQuery = { table: "tasks", selection: { items: [] }, values: [], form: "json" };
  await assert.rejects(
    small.read(all, data.ann),
    (thrown: unknown) => thrown instanceof AppError && thrown.error === "limitExceeded" && /maxAnswerLength/.test(thrown.message),
  );
  assert.ok((await small.read(all, system)).json.length > 300, "the back end's own code has no such limit");
});
