import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { silentLogger, systemClock } from "#base";
import { AppError, type ErrorName } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { projectsBackend } from "../../../tests/support/projects-backend.ts";
import { countingIds, fillProjects, type ProjectsData } from "../../../tests/support/projects-data.ts";
import { type Caller, system } from "../access/caller.ts";
import type { Condition, Embed, FilterOperator, InsertQuery, Path, ReadQuery, SelectItem, Selection } from "./query.ts";
import { createRecordStore, type RecordStore } from "./record-store.ts";

let database: SqliteDatabase;
let store: RecordStore;
let data: ProjectsData;

before(async () => {
  database = await openSqlite({ path: ":memory:", logger: silentLogger, clock: systemClock });
  await prepareDatabase(database, projectsBackend.model);
  store = createRecordStore({ database, dialect: sqliteDialect, model: projectsBackend.model, rules: projectsBackend.rules, clock: systemClock, ids: countingIds() });
  data = await fillProjects(store);
});

after(() => database.close());

const path = (column: string, ...json: (string | number)[]): Path => ({ column, json: json.map((key) => ({ key, asText: true })) });
const field = (column: string): SelectItem => ({ type: "field", path: path(column) });
const fields = (...columns: string[]): SelectItem[] => columns.map(field);
const compare = (column: string, operator: FilterOperator, value: number): Condition => ({ type: "compare", path: path(column), operator, value });
const embed = (target: string, selection: Partial<Selection> = {}, more: Partial<Embed> = {}): Embed => ({
  type: "embed",
  target,
  join: "left",
  spread: false,
  selection: { items: [{ type: "all" }], ...selection },
  ...more,
});

async function rows(table: string, selection: Partial<Selection>, values: readonly unknown[], caller: Caller, more: Partial<ReadQuery> = {}): Promise<Record<string, unknown>[]> {
  const result = await store.read({ table, selection: { items: [], ...selection }, values, form: "json", ...more }, caller);
  return JSON.parse(result.json) as Record<string, unknown>[];
}

const titles = async (selection: Partial<Selection>, values: readonly unknown[], caller: Caller, table = "projects"): Promise<unknown[]> =>
  (await rows(table, { items: fields("title"), ...selection }, values, caller)).map((row) => row["title"]);

const failsWith = (error: ErrorName, message?: RegExp) => (thrown: unknown): boolean => {
  assert.ok(thrown instanceof AppError, String(thrown));
  assert.equal(thrown.error, error, thrown.message);
  if (message !== undefined) assert.match(`${thrown.message} ${thrown.details ?? ""}`, message);
  return true;
};

const insert = (table: string, input: Record<string, unknown>[], more: Partial<InsertQuery> = {}): InsertQuery => ({
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

describe("reading under rules", () => {
  test("each caller sees their rows and no other", async () => {
    assert.deepEqual(await titles({}, [], null), ["Open house"]);
    assert.deepEqual(await titles({}, [], data.bob), ["Open house", "Closed doors"]);
    assert.deepEqual(await titles({}, [], data.eve), ["Open house", "Secret garden"]);
    assert.deepEqual(await titles({}, [], system), ["Open house", "Closed doors", "Secret garden"]);
  });

  test("a field that a role may read is no field for others", async () => {
    const [own] = await rows("projects", {}, [], data.ann);
    assert.equal(own?.["budget"], undefined);
    assert.ok(!("budget" in (own ?? {})));
    const [editors] = await rows("projects", {}, [], data.editor);
    assert.equal(editors?.["budget"], "1000.10");
    await assert.rejects(rows("projects", { items: fields("budget") }, [], data.ann), failsWith("unknownColumn", /There is no column 'budget' in 'projects'/));
  });

  test("a field that a row hides is null there, and to filters and orders too", async () => {
    assert.deepEqual(await rows("projects", { items: fields("title", "notes") }, [], data.bob), [
      { title: "Open house", notes: null },
      { title: "Closed doors", notes: null },
    ]);
    assert.deepEqual(await titles({ where: compare("notes", "like", 0) }, ["%i%"], data.bob), []);
    assert.deepEqual(await titles({ where: { type: "not", condition: compare("notes", "like", 0) } }, ["%zzz%"], data.bob), []);
    assert.deepEqual(await titles({ where: compare("notes", "like", 0) }, ["%ishes"], data.ann), ["Closed doors"]);
    assert.deepEqual(await titles({ where: compare("notes", "plfts", 0) }, ["wishes"], data.bob), []);
    assert.deepEqual(await titles({ where: compare("notes", "plfts", 0) }, ["wishes"], data.ann), ["Closed doors"]);
    const grouped = await rows("projects", { items: [{ type: "field", path: path("notes"), aggregate: { function: "max" } }] }, [], data.bob);
    assert.deepEqual(grouped, [{ max: null }]);
  });

  test("what may never be read is as unknown as what is not there", async () => {
    const hidden = ["password", "phone", "_key", "nothing"];
    for (const name of hidden) {
      for (const caller of [null, data.ann, data.editor]) {
        await assert.rejects(rows("users", { items: fields(name) }, [], caller), failsWith("unknownColumn"));
        await assert.rejects(rows("users", { where: compare(name, "eq", 0) }, ["x"], caller), failsWith("unknownColumn"));
        await assert.rejects(rows("users", { order: [{ path: path(name), direction: "asc" }] }, [], caller), failsWith("unknownColumn"));
      }
    }
    for (const name of ["invoices", "nothing", "_chassis", "sqlite_schema", "constructor", "__proto__", "users_search"]) {
      await assert.rejects(rows(name, {}, [], data.editor), failsWith("unknownTable"));
    }
    await assert.rejects(rows("teams", {}, [], null), failsWith("unknownTable"));
    await assert.rejects(rows("teams", { items: [embed("invoices")] }, [], data.editor), failsWith("unknownRelation"));
  });

  test("embeds carry the rules of what they lead to", async () => {
    const [team] = await rows("teams", { items: [...fields("name"), embed("projects", { items: fields("title") })], where: compare("name", "eq", 0) }, ["Red"], data.eve);
    assert.deepEqual(team, { name: "Red", projects: [{ title: "Open house" }] });
    const mine = await rows("teams", { items: [...fields("name"), embed("users", { items: fields("name", "email") })] }, [], data.bob);
    assert.deepEqual(mine, [
      { name: "Red", users: [{ name: "Bob", email: "bob@example.org" }] },
      { name: "Blue", users: [] },
    ]);
  });

  test("relations filter under the same rules", async () => {
    const hasBig: Condition = { type: "relation", relation: "tasks", quantifier: "some", where: compare("points", "gte", 0) };
    assert.deepEqual(await titles({ where: hasBig }, [8], data.bob), ["Closed doors"]);
    assert.deepEqual(await titles({ where: hasBig }, [13], data.bob), []);
    assert.deepEqual(await titles({ where: { ...hasBig, quantifier: "none" } }, [6], data.bob), ["Open house"]);
    assert.deepEqual(await titles({ where: { ...hasBig, quantifier: "every" } }, [2], data.bob), ["Open house", "Closed doors"]);
    assert.deepEqual(await titles({ where: { type: "relation", relation: "owner", quantifier: "some", where: compare("email", "like", 0) } }, ["ann%"], data.bob), []);
  });

  test("inner embeds, null tests and orders by an embed", async () => {
    const tasks = embed("tasks", { items: fields("title"), where: compare("points", "lt", 0) }, { join: "inner" });
    assert.deepEqual(await rows("projects", { items: [...fields("title"), tasks] }, [6], data.bob), [{ title: "Open house", tasks: [{ title: "Paint" }, { title: "Clean" }] }]);
    const assignee = embed("assignee", { items: [] });
    assert.deepEqual(await titles({ items: [...fields("title"), assignee], where: { type: "embedIsNull", embed: "assignee" } }, [], data.bob, "tasks"), ["Clean"]);
    const project = embed("project", { items: fields("title") });
    const order = [{ path: path("title"), embed: "project", direction: "asc" } as const, { path: path("points"), direction: "desc" } as const];
    assert.deepEqual(await titles({ items: [...fields("title"), project], order }, [], data.bob, "tasks"), ["Lock", "Paint", "Clean"]);
  });

  test("spreads lift a parent's fields and gather children's", async () => {
    const spread = embed("tasks", { items: [{ type: "field", path: path("title"), alias: "task_titles" }, embed("assignee", { items: [{ type: "field", path: path("name"), alias: "names" }] }, { spread: true })], order: [{ path: path("points"), direction: "desc" }] }, { spread: true });
    const [open] = await rows("projects", { items: [...fields("title"), spread], where: compare("title", "eq", 0) }, ["Open house"], null);
    assert.deepEqual(open, { title: "Open house", task_titles: ["Paint", "Clean"], names: ["Bob", null] });
  });

  test("several relations to one table are told apart by a hint", async () => {
    await assert.rejects(rows("tasks", { items: [embed("users")] }, [], null), failsWith("ambiguousRelation", /users!assignee, users!reviewer/));
    const [task] = await rows("tasks", { items: [embed("users", { items: fields("name") }, { hint: "reviewer" })], where: compare("title", "eq", 0) }, ["Paint"], null);
    assert.deepEqual(task, { users: { name: "Ann" } });
  });

  test("aggregates group by the rest, embeds included", async () => {
    const sum: SelectItem = { type: "field", path: path("points"), aggregate: { function: "sum" } };
    const avg: SelectItem = { type: "field", path: path("points"), alias: "mean", aggregate: { function: "avg" } };
    const result = await rows("tasks", { items: [sum, avg, { type: "count" }, embed("project", { items: fields("title") })] }, [], data.bob);
    assert.deepEqual(result, [
      { sum: 8, mean: 8, count: 1, project: { title: "Closed doors" } },
      { sum: 7, mean: 3.5, count: 2, project: { title: "Open house" } },
    ]);
    await assert.rejects(rows("tasks", { items: [sum], order: [{ path: path("title"), direction: "asc" }] }, [], null), failsWith("invalidGrouping"));
    await assert.rejects(rows("tasks", { items: [{ type: "field", path: path("title"), aggregate: { function: "sum" } }] }, [], null), failsWith("operatorMismatch"));
  });

  test("JSON paths select, filter and order", async () => {
    const size: SelectItem = { type: "field", path: { column: "data", json: [{ key: "size", asText: false }, { key: "w", asText: false }] } };
    assert.deepEqual(await rows("tasks", { items: [size], where: { type: "compare", path: path("data", "tags", 1), operator: "eq", value: 0 } }, ["red"], null), [{ w: 3 }]);
    assert.deepEqual(await titles({ where: compare("data", "cs", 0) }, [{ tags: ["floor"] }], null, "tasks"), ["Clean"]);
  });

  test("cursor pages neither skip nor repeat while rows come and go", async () => {
    const selection: Partial<Selection> = { items: fields("title"), order: [{ path: path("points"), direction: "desc" }], limit: 0 };
    const seen: unknown[] = [];
    let cursor: string | null | undefined = null;
    do {
      const page = await store.read({ table: "tasks", selection: { items: [], ...selection }, values: [1], form: "json", after: cursor }, data.bob);
      seen.push(...(JSON.parse(page.json) as { title: string }[]).map((row) => row.title));
      cursor = page.next;
    } while (typeof cursor === "string");
    assert.deepEqual(seen, ["Lock", "Paint", "Clean"]);
    const first = await store.read({ table: "tasks", selection: { items: [], ...selection }, values: [1], form: "json", after: null }, data.bob);
    assert.ok(typeof first.next === "string");
    const other: Partial<Selection> = { ...selection, order: [{ path: path("points"), direction: "asc" }] };
    for (const bad of [first.next, `${first.next}A`, "e30", "", "\u0000"]) {
      if (bad === "") continue;
      await assert.rejects(store.read({ table: "tasks", selection: { items: [], ...other }, values: [1], form: "json", after: bad }, data.bob), failsWith("invalidCursor"));
    }
  });

  test("counts are of what the caller may see", async () => {
    for (const count of ["exact", "planned", "estimated"] as const) {
      const result = await store.read({ table: "projects", selection: { items: [], limit: 0 }, values: [1], form: "json", count }, null);
      assert.deepEqual(result.total, { count: 1, exact: true });
    }
    const empty = await store.read({ table: "projects", selection: { items: [], offset: 0 }, values: [50], form: "json", count: "exact" }, data.bob);
    assert.deepEqual([empty.rows, empty.total?.count], [0, 2]);
  });

  test("values of the wrong form are refused with the column's name", async () => {
    await assert.rejects(rows("tasks", { where: compare("points", "eq", 0) }, ["many"], null), failsWith("invalidValue", /'points' must be a whole number/));
    await assert.rejects(rows("tasks", { where: compare("id", "eq", 0) }, [{ $ne: null }], null), failsWith("invalidValue"));
    await assert.rejects(rows("tasks", { where: compare("title", "eq", 0) }, [["a"]], null), failsWith("invalidValue"));
    await assert.rejects(rows("tasks", { where: compare("points", "like", 0) }, ["1"], null), failsWith("operatorMismatch"));
    await assert.rejects(rows("tasks", { limit: 0 }, [-1], null), failsWith("invalidValue"));
    await assert.rejects(rows("tasks", { where: compare("title", "fts", 0) }, ["x"], null), failsWith("operatorMismatch"));
  });
});

describe("writing under rules", () => {
  const project = (): Record<string, unknown> => ({ team: data.ids["red"], owner: data.ids["ann"], title: "New" });

  test("a row comes with its defaults, and is returned as its maker may read it", async () => {
    const result = await store.write(insert("projects", [project()], { dryRun: true }), data.ann);
    const [row] = JSON.parse(result.json ?? "") as [Record<string, unknown>];
    assert.deepEqual([row["title"], row["open"], row["status"], row["version"], row["notes"], "budget" in row], ["New", false, "draft", 1, null, false]);
    assert.equal(row["created"], row["updated"]);
  });

  test("all that is wrong with a body is said at once", async () => {
    const bad = { team: "x", title: "", open: "yes", status: "gone", created: "2020-01-01T00:00:00Z", open_points: 1, owner: null };
    await assert.rejects(store.write(insert("projects", [bad]), data.ann), (thrown: unknown) => {
      assert.ok(thrown instanceof AppError);
      assert.equal(thrown.error, "validationFailed");
      assert.deepEqual(thrown.fields?.map(({ field: name }) => name).toSorted(), ["created", "open", "open_points", "owner", "status", "team", "title"]);
      return true;
    });
    await assert.rejects(store.write(insert("projects", [{ ...project(), tilte: "x" }]), data.ann), failsWith("unknownInsertColumn", /did you mean 'title'/));
    await assert.rejects(store.write(insert("projects", [{ ...project(), ["__proto__x"]: 1 }]), data.ann), failsWith("unknownInsertColumn"));
  });

  test("nobody creates for another, in another team, or a field that is not theirs", async () => {
    await assert.rejects(store.write(insert("projects", [{ ...project(), owner: data.ids["bob"] }]), data.ann), failsWith("forbidden"));
    await assert.rejects(store.write(insert("projects", [{ ...project(), owner: data.ids["eve"] }]), data.eve), failsWith("forbidden"));
    await assert.rejects(store.write(insert("projects", [{ ...project(), budget: "1.00" }]), data.ann), failsWith("unknownInsertColumn"));
    await assert.rejects(store.write(insert("projects", [project()]), null), failsWith("signInRequired"));
    await assert.rejects(store.write(insert("invoices", [{ team: data.ids["red"], amount: "1" }]), data.editor), failsWith("unknownTable"));
  });

  test("one forbidden row among many: none is written", async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ ...project(), title: `Bulk ${index}`, owner: index === 49 ? data.ids["bob"] : data.ids["ann"] }));
    await assert.rejects(store.write(insert("projects", many), data.ann), failsWith("forbidden"));
    assert.deepEqual(await titles({ where: compare("title", "like", 0) }, ["Bulk%"], system), []);
  });

  test("who may not create does not learn what is taken", async () => {
    const taken = { name: "Mallory", email: "ann@example.org" };
    await assert.rejects(store.write(insert("users", [taken]), data.bob), failsWith("forbidden"));
    await assert.rejects(store.write(insert("users", [taken]), data.editor), failsWith("uniqueViolation"));
  });

  test("a reference to a row out of sight is one to a row that is not there", async () => {
    const task = (id: string | undefined): Record<string, unknown>[] => [{ project: id, title: "T" }];
    const missing = "00000000-0000-7000-8000-ffffffffffff";
    // Bob's own rule would refuse both; an editor without membership may link teams only.
    await assert.rejects(store.write(insert("tasks", task(data.ids["secret"])), data.bob), failsWith("foreignKeyViolation"));
    await assert.rejects(store.write(insert("tasks", task(missing)), data.bob), failsWith("foreignKeyViolation"));
  });

  test("an update touches what the caller may change and says nothing of the rest", async () => {
    const set = { status: "done" };
    const all = await store.write({ type: "update", table: "projects", set, form: "json", values: [], dryRun: true, returning: { items: fields("title") } }, data.ann);
    assert.deepEqual(JSON.parse(all.json ?? ""), [{ title: "Open house" }, { title: "Closed doors" }]);
    const none = await store.write({ type: "update", table: "projects", set, where: compare("id", "eq", 0), form: "json", values: [data.ids["secret"]], returning: { items: [] } }, data.bob);
    assert.deepEqual([none.affected, none.json], [0, "[]"]);
  });

  test("the row after must be allowed too", async () => {
    const move = (set: Record<string, unknown>): Promise<unknown> => store.write({ type: "update", table: "projects", set, form: "json", values: [] }, data.ann);
    await assert.rejects(move({ owner: data.ids["bob"] }), failsWith("forbidden"));
    await assert.rejects(move({ team: data.ids["blue"] }), failsWith("forbidden"));
    await assert.rejects(move({ version: 9 }), failsWith("validationFailed", /'version' is set by the server/));
    await assert.rejects(move({ id: data.ids["ann"] }), failsWith("validationFailed"));
  });

  test("an update counts the version and moves the time", async () => {
    const result = await store.write({ type: "update", table: "projects", set: { title: "Open home" }, where: compare("id", "eq", 0), form: "json", values: [data.ids["open"]], dryRun: true, returning: { items: fields("version", "title") } }, data.ann);
    assert.deepEqual(JSON.parse(result.json ?? ""), [{ version: 2, title: "Open home" }]);
  });

  test("an upsert is an insert or an update, under the rules of that one", async () => {
    const upsert = (row: Record<string, unknown>, caller: Caller) =>
      store.write(insert("users", [row], { onConflict: { resolution: "merge", columns: ["email"] }, dryRun: true }), caller);
    // The address belongs to Ann. An editor may create users, and not change others.
    await assert.rejects(upsert({ name: "Taken over", email: "ann@example.org" }, data.editor), failsWith("uniqueViolation"));
    const byId = insert("users", [{ id: data.ids["ann"], name: "Taken over", email: "new@example.org" }], { onConflict: { resolution: "merge" } });
    await assert.rejects(store.write(byId, data.editor), failsWith("forbidden"));
    const fresh = await store.write(insert("users", [{ name: "New", email: "new@example.org" }], { onConflict: { resolution: "merge" }, dryRun: true }), data.editor);
    assert.equal(fresh.inserted, 1);
    const ignored = await store.write(insert("teams", [{ name: "Red" }, { name: "Green" }], { onConflict: { resolution: "ignore", columns: ["name"] }, dryRun: true }), data.editor);
    assert.deepEqual([ignored.affected, ignored.inserted], [1, 1]);
    const merged = await store.write(insert("teams", [{ name: "Red", plan: "free" }], { onConflict: { resolution: "merge", columns: ["name"] }, dryRun: true }), data.editor);
    assert.deepEqual([merged.affected, merged.inserted], [1, 0]);
    assert.deepEqual((JSON.parse(merged.json ?? "") as { plan: string }[])[0]?.plan, "free");
  });

  test("what is written blind can be written by all and read by few", async () => {
    const result = await store.write(insert("messages", [{ from: "x@example.org", body: "Hello" }]), null);
    assert.deepEqual([result.affected, result.json], [1, "[]"]);
    assert.equal((await rows("messages", {}, [], data.editor)).length, 1);
    await assert.rejects(rows("messages", {}, [], null), failsWith("unknownTable"));
    await store.write({ type: "delete", table: "messages", form: "json", values: [] }, system);
  });

  test("more rows than max-affected: nothing is written", async () => {
    const wide = { type: "update", table: "projects", set: { status: "done" }, form: "json", values: [], maxAffected: 1 } as const;
    await assert.rejects(store.write(wide, data.ann), failsWith("maxAffectedExceeded"));
    await assert.rejects(store.write({ ...wide, maxAffected: 5, expectSingle: true }, data.ann), failsWith("singleRowExpected", /2 rows/));
    assert.deepEqual(await titles({ where: compare("status", "eq", 0) }, ["done"], system), []);
  });

  test("a row that others need cannot go, and they are not named", async () => {
    await assert.rejects(store.write({ type: "delete", table: "teams", form: "json", values: [] }, data.editor), (thrown: unknown) => {
      assert.ok(failsWith("stillReferenced")(thrown));
      assert.doesNotMatch(JSON.stringify((thrown as AppError).toBody()), /invoices|projects/);
      return true;
    });
  });

  test("deleted rows are returned as they were", async () => {
    const result = await store.write({ type: "delete", table: "projects", where: compare("title", "eq", 0), form: "json", values: ["Closed doors"], dryRun: true, returning: { items: fields("title") } }, data.ann);
    assert.deepEqual(JSON.parse(result.json ?? ""), [{ title: "Closed doors" }]);
  });
});

describe("transactions", () => {
  test("a write whose error is caught leaves no half of itself behind", async () => {
    await store.transaction(async (records) => {
      const many = [{ name: "Green" }, { name: "Yellow" }, { name: "Red" }];
      await assert.rejects(records.write(insert("teams", many), data.editor), failsWith("uniqueViolation"));
      await records.write(insert("teams", [{ name: "Violet" }]), data.editor);
    });
    const names = (await rows("teams", { items: fields("name") }, [], data.ann)).map((row) => row["name"]);
    assert.deepEqual(names, ["Red", "Blue", "Violet"]);
    await store.write({ type: "delete", table: "teams", where: compare("name", "eq", 0), form: "json", values: ["Violet"] }, system);
  });

  test("writes of one transaction that are not awaited in turn do not undo each other", async () => {
    await store.transaction(async (records) => {
      const results = await Promise.allSettled([
        records.write(insert("teams", [{ name: "One" }]), data.editor),
        records.write(insert("teams", [{ name: "Red" }]), data.editor),
        records.write(insert("teams", [{ name: "Two" }]), data.editor),
      ]);
      assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
      await records.write({ type: "delete", table: "teams", where: compare("name", "in", 0), form: "json", values: [["One", "Two"]] }, data.editor);
    });
  });
});
