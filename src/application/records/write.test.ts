import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "#contract";
import type { ProjectsData } from "../../../tests/support/projects-data.ts";
import { compare, failsWith, fields, insert, openProjects, type ProjectsStore } from "../../../tests/support/projects-store.ts";
import { type Caller, system } from "../access/caller.ts";
import type { RecordStore } from "./record-store.ts";

let store: RecordStore;
let data: ProjectsData;
let rows: ProjectsStore["rows"];
let titles: ProjectsStore["titles"];
let close: () => Promise<void>;

before(async () => {
  const opened = await openProjects();
  ({ store, data, rows, titles } = opened);
  close = () => opened.database.close();
});

after(() => close());

describe("writing under rules", () => {
  const project = (): Record<string, unknown> => ({ team: data.ids["red"], owner: data.ids["ann"], title: "New" });

  test("a row comes with its defaults, and is returned as its maker may read it", async () => {
    const result = await store.write(insert("projects", [project()], { dryRun: true }), data.ann);
    const [row] = JSON.parse(result.json ?? "") as [Record<string, unknown>];
    assert.deepEqual(
      [row["title"], row["open"], row["status"], row["version"], row["notes"], "budget" in row],
      ["New", false, "draft", 1, null, false],
    );
    assert.equal(row["created"], row["updated"]);
  });

  test("all that is wrong with a body is said at once", async () => {
    const bad = {
      team: "x",
      title: "",
      open: "yes",
      status: "gone",
      created: "2020-01-01T00:00:00Z",
      open_points: 1,
      owner: null,
    };
    await assert.rejects(store.write(insert("projects", [bad]), data.ann), (thrown: unknown) => {
      assert.ok(thrown instanceof AppError);
      assert.equal(thrown.error, "validationFailed");
      assert.deepEqual(thrown.fields?.map(({ field: name }) => name).toSorted(), [
        "created",
        "open",
        "open_points",
        "owner",
        "status",
        "team",
        "title",
      ]);
      return true;
    });
    await assert.rejects(
      store.write(insert("projects", [{ ...project(), tilte: "x" }]), data.ann),
      failsWith("unknownInsertColumn", /did you mean 'title'/),
    );
    await assert.rejects(
      store.write(insert("projects", [{ ...project(), ["__proto__x"]: 1 }]), data.ann),
      failsWith("unknownInsertColumn"),
    );
  });

  test("nobody creates for another, in another team, or a field that is not theirs", async () => {
    await assert.rejects(
      store.write(insert("projects", [{ ...project(), owner: data.ids["bob"] }]), data.ann),
      failsWith("forbidden"),
    );
    await assert.rejects(
      store.write(insert("projects", [{ ...project(), owner: data.ids["eve"] }]), data.eve),
      failsWith("forbidden"),
    );
    await assert.rejects(
      store.write(insert("projects", [{ ...project(), budget: "1.00" }]), data.ann),
      failsWith("unknownInsertColumn"),
    );
    await assert.rejects(store.write(insert("projects", [project()]), null), failsWith("signInRequired"));
    await assert.rejects(
      store.write(insert("invoices", [{ team: data.ids["red"], amount: "1" }]), data.editor),
      failsWith("unknownTable"),
    );
  });

  test("one forbidden row among many: none is written", async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      ...project(),
      title: `Bulk ${index}`,
      owner: index === 49 ? data.ids["bob"] : data.ids["ann"],
    }));
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
    const all = await store.write(
      { type: "update", table: "projects", set, form: "json", values: [], dryRun: true, returning: { items: fields("title") } },
      data.ann,
    );
    assert.deepEqual(JSON.parse(all.json ?? ""), [{ title: "Open house" }, { title: "Closed doors" }]);
    const none = await store.write(
      {
        type: "update",
        table: "projects",
        set,
        where: compare("id", "eq", 0),
        form: "json",
        values: [data.ids["secret"]],
        returning: { items: [] },
      },
      data.bob,
    );
    assert.deepEqual([none.affected, none.json], [0, "[]"]);
  });

  test("the row after must be allowed too", async () => {
    const move = (set: Record<string, unknown>): Promise<unknown> =>
      store.write({ type: "update", table: "projects", set, form: "json", values: [] }, data.ann);
    await assert.rejects(move({ owner: data.ids["bob"] }), failsWith("forbidden"));
    await assert.rejects(move({ team: data.ids["blue"] }), failsWith("forbidden"));
    await assert.rejects(move({ version: 9 }), failsWith("validationFailed", /'version' is set by the server/));
    await assert.rejects(move({ id: data.ids["ann"] }), failsWith("validationFailed"));
  });

  test("an update counts the version and moves the time", async () => {
    const result = await store.write(
      {
        type: "update",
        table: "projects",
        set: { title: "Open home" },
        where: compare("id", "eq", 0),
        form: "json",
        values: [data.ids["open"]],
        dryRun: true,
        returning: { items: fields("version", "title") },
      },
      data.ann,
    );
    assert.deepEqual(JSON.parse(result.json ?? ""), [{ version: 2, title: "Open home" }]);
  });

  test("an upsert is an insert or an update, under the rules of that one", async () => {
    const upsert = (row: Record<string, unknown>, caller: Caller) =>
      store.write(insert("users", [row], { onConflict: { resolution: "merge", columns: ["email"] }, dryRun: true }), caller);
    // The address belongs to Ann. An editor may create users, and not change others.
    await assert.rejects(upsert({ name: "Taken over", email: "ann@example.org" }, data.editor), failsWith("uniqueViolation"));
    const byId = insert("users", [{ id: data.ids["ann"], name: "Taken over", email: "new@example.org" }], {
      onConflict: { resolution: "merge" },
    });
    await assert.rejects(store.write(byId, data.editor), failsWith("forbidden"));
    const fresh = await store.write(
      insert("users", [{ name: "New", email: "new@example.org" }], { onConflict: { resolution: "merge" }, dryRun: true }),
      data.editor,
    );
    assert.equal(fresh.inserted, 1);
    const ignored = await store.write(
      insert("teams", [{ name: "Red" }, { name: "Green" }], {
        onConflict: { resolution: "ignore", columns: ["name"] },
        dryRun: true,
      }),
      data.editor,
    );
    assert.deepEqual([ignored.affected, ignored.inserted], [1, 1]);
    const merged = await store.write(
      insert("teams", [{ name: "Red", plan: "free" }], { onConflict: { resolution: "merge", columns: ["name"] }, dryRun: true }),
      data.editor,
    );
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
    const wide = {
      type: "update",
      table: "projects",
      set: { status: "done" },
      form: "json",
      values: [],
      maxAffected: 1,
    } as const;
    await assert.rejects(store.write(wide, data.ann), failsWith("maxAffectedExceeded"));
    await assert.rejects(
      store.write({ ...wide, maxAffected: 5, expectSingle: true }, data.ann),
      failsWith("singleRowExpected", /2 rows/),
    );
    assert.deepEqual(await titles({ where: compare("status", "eq", 0) }, ["done"], system), []);
  });

  test("a row that others need cannot go, and they are not named", async () => {
    await assert.rejects(
      store.write({ type: "delete", table: "teams", form: "json", values: [] }, data.editor),
      (thrown: unknown) => {
        assert.ok(failsWith("stillReferenced")(thrown));
        assert.doesNotMatch(JSON.stringify((thrown as AppError).toBody()), /invoices|projects/);
        return true;
      },
    );
  });

  test("deleted rows are returned as they were", async () => {
    const result = await store.write(
      {
        type: "delete",
        table: "projects",
        where: compare("title", "eq", 0),
        form: "json",
        values: ["Closed doors"],
        dryRun: true,
        returning: { items: fields("title") },
      },
      data.ann,
    );
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
    await store.write(
      { type: "delete", table: "teams", where: compare("name", "eq", 0), form: "json", values: ["Violet"] },
      system,
    );
  });

  test("writes of one transaction that are not awaited in turn do not undo each other", async () => {
    await store.transaction(async (records) => {
      const results = await Promise.allSettled([
        records.write(insert("teams", [{ name: "One" }]), data.editor),
        records.write(insert("teams", [{ name: "Red" }]), data.editor),
        records.write(insert("teams", [{ name: "Two" }]), data.editor),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ["fulfilled", "rejected", "fulfilled"],
      );
      await records.write(
        { type: "delete", table: "teams", where: compare("name", "in", 0), form: "json", values: [["One", "Two"]] },
        data.editor,
      );
    });
  });
});
