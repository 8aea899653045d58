import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ProjectsData } from "../../../tests/support/projects-data.ts";
import {
  compare,
  embed,
  failsWith,
  fields,
  path,
  openProjects,
  type ProjectsStore,
} from "../../../tests/support/projects-store.ts";
import { system } from "../access/caller.ts";
import type { Condition, SelectItem, Selection } from "./query.ts";
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
    await assert.rejects(
      rows("projects", { items: fields("budget") }, [], data.ann),
      failsWith("unknownColumn", /There is no column 'budget' in 'projects'/),
    );
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
    const grouped = await rows(
      "projects",
      { items: [{ type: "field", path: path("notes"), aggregate: { function: "max" } }] },
      [],
      data.bob,
    );
    assert.deepEqual(grouped, [{ max: null }]);
  });

  test("what may never be read is as unknown as what is not there", async () => {
    const hidden = ["password", "phone", "_key", "nothing"];
    for (const name of hidden) {
      for (const caller of [null, data.ann, data.editor]) {
        await assert.rejects(rows("users", { items: fields(name) }, [], caller), failsWith("unknownColumn"));
        await assert.rejects(rows("users", { where: compare(name, "eq", 0) }, ["x"], caller), failsWith("unknownColumn"));
        await assert.rejects(
          rows("users", { order: [{ path: path(name), direction: "asc" }] }, [], caller),
          failsWith("unknownColumn"),
        );
      }
    }
    for (const name of ["invoices", "nothing", "_chassis", "sqlite_schema", "constructor", "__proto__", "users_search"]) {
      await assert.rejects(rows(name, {}, [], data.editor), failsWith("unknownTable"));
    }
    await assert.rejects(rows("teams", {}, [], null), failsWith("unknownTable"));
    await assert.rejects(rows("teams", { items: [embed("invoices")] }, [], data.editor), failsWith("unknownRelation"));
  });

  test("embeds carry the rules of what they lead to", async () => {
    const [team] = await rows(
      "teams",
      { items: [...fields("name"), embed("projects", { items: fields("title") })], where: compare("name", "eq", 0) },
      ["Red"],
      data.eve,
    );
    assert.deepEqual(team, { name: "Red", projects: [{ title: "Open house" }] });
    const mine = await rows(
      "teams",
      { items: [...fields("name"), embed("users", { items: fields("name", "email") })] },
      [],
      data.bob,
    );
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
    assert.deepEqual(
      await titles(
        { where: { type: "relation", relation: "owner", quantifier: "some", where: compare("email", "like", 0) } },
        ["ann%"],
        data.bob,
      ),
      [],
    );
  });

  test("inner embeds, null tests and orders by an embed", async () => {
    const tasks = embed("tasks", { items: fields("title"), where: compare("points", "lt", 0) }, { join: "inner" });
    assert.deepEqual(await rows("projects", { items: [...fields("title"), tasks] }, [6], data.bob), [
      { title: "Open house", tasks: [{ title: "Paint" }, { title: "Clean" }] },
    ]);
    const assignee = embed("assignee", { items: [] });
    assert.deepEqual(
      await titles(
        { items: [...fields("title"), assignee], where: { type: "embedIsNull", embed: "assignee" } },
        [],
        data.bob,
        "tasks",
      ),
      ["Clean"],
    );
    const project = embed("project", { items: fields("title") });
    const order = [
      { path: path("title"), embed: "project", direction: "asc" } as const,
      { path: path("points"), direction: "desc" } as const,
    ];
    assert.deepEqual(await titles({ items: [...fields("title"), project], order }, [], data.bob, "tasks"), [
      "Lock",
      "Paint",
      "Clean",
    ]);
  });

  test("spreads lift a parent's fields and gather children's", async () => {
    const spread = embed(
      "tasks",
      {
        items: [
          { type: "field", path: path("title"), alias: "task_titles" },
          embed("assignee", { items: [{ type: "field", path: path("name"), alias: "names" }] }, { spread: true }),
        ],
        order: [{ path: path("points"), direction: "desc" }],
      },
      { spread: true },
    );
    const [open] = await rows(
      "projects",
      { items: [...fields("title"), spread], where: compare("title", "eq", 0) },
      ["Open house"],
      null,
    );
    assert.deepEqual(open, { title: "Open house", task_titles: ["Paint", "Clean"], names: ["Bob", null] });
  });

  test("several relations to one table are told apart by a hint", async () => {
    await assert.rejects(
      rows("tasks", { items: [embed("users")] }, [], null),
      failsWith("ambiguousRelation", /users!assignee, users!reviewer/),
    );
    const [task] = await rows(
      "tasks",
      { items: [embed("users", { items: fields("name") }, { hint: "reviewer" })], where: compare("title", "eq", 0) },
      ["Paint"],
      null,
    );
    assert.deepEqual(task, { users: { name: "Ann" } });
  });

  test("aggregates group by the rest, embeds included", async () => {
    const sum: SelectItem = { type: "field", path: path("points"), aggregate: { function: "sum" } };
    const avg: SelectItem = { type: "field", path: path("points"), alias: "mean", aggregate: { function: "avg" } };
    const result = await rows(
      "tasks",
      { items: [sum, avg, { type: "count" }, embed("project", { items: fields("title") })] },
      [],
      data.bob,
    );
    assert.deepEqual(result, [
      { sum: 8, mean: 8, count: 1, project: { title: "Closed doors" } },
      { sum: 7, mean: 3.5, count: 2, project: { title: "Open house" } },
    ]);
    await assert.rejects(
      rows("tasks", { items: [sum], order: [{ path: path("title"), direction: "asc" }] }, [], null),
      failsWith("invalidGrouping"),
    );
    const title = fields("title")[0] as SelectItem;
    for (const [item, name] of [
      [{ type: "count" }, "count"],
      [sum, "sum"],
      [avg, "mean"],
    ] as const)
      await assert.rejects(rows("tasks", { items: [title, item], order: [{ path: path(name), direction: "desc" }] }, [], null), {
        error: "invalidGrouping",
        message: `Rows are grouped: they cannot be ordered by the figure '${name}'.`,
      });
    await assert.rejects(
      rows("tasks", { items: [{ type: "field", path: path("title"), aggregate: { function: "sum" } }] }, [], null),
      failsWith("operatorMismatch"),
    );
  });

  test("JSON paths select, filter and order", async () => {
    const size: SelectItem = {
      type: "field",
      path: {
        column: "data",
        json: [
          { key: "size", asText: false },
          { key: "w", asText: false },
        ],
      },
    };
    assert.deepEqual(
      await rows(
        "tasks",
        { items: [size], where: { type: "compare", path: path("data", "tags", 1), operator: "eq", value: 0 } },
        ["red"],
        null,
      ),
      [{ w: 3 }],
    );
    assert.deepEqual(await titles({ where: compare("data", "cs", 0) }, [{ tags: ["floor"] }], null, "tasks"), ["Clean"]);
  });

  test("cursor pages neither skip nor repeat while rows come and go", async () => {
    const selection: Partial<Selection> = {
      items: fields("title"),
      order: [{ path: path("points"), direction: "desc" }],
      limit: 0,
    };
    const seen: unknown[] = [];
    let cursor: string | null | undefined = null;
    do {
      const page = await store.read(
        { table: "tasks", selection: { items: [], ...selection }, values: [1], form: "json", after: cursor },
        data.bob,
      );
      seen.push(...(JSON.parse(page.json) as { title: string }[]).map((row) => row.title));
      cursor = page.next;
    } while (typeof cursor === "string");
    assert.deepEqual(seen, ["Lock", "Paint", "Clean"]);
    const first = await store.read(
      { table: "tasks", selection: { items: [], ...selection }, values: [1], form: "json", after: null },
      data.bob,
    );
    assert.ok(typeof first.next === "string");
    const other: Partial<Selection> = { ...selection, order: [{ path: path("points"), direction: "asc" }] };
    for (const bad of [first.next, `${first.next}A`, "e30", "", "\u0000"]) {
      if (bad === "") continue;
      await assert.rejects(
        store.read({ table: "tasks", selection: { items: [], ...other }, values: [1], form: "json", after: bad }, data.bob),
        failsWith("invalidCursor"),
      );
    }
  });

  test("counts are of what the caller may see", async () => {
    for (const count of ["exact", "planned", "estimated"] as const) {
      const result = await store.read(
        { table: "projects", selection: { items: [], limit: 0 }, values: [1], form: "json", count },
        null,
      );
      assert.deepEqual(result.total, { count: 1, exact: true });
    }
    const empty = await store.read(
      { table: "projects", selection: { items: [], offset: 0 }, values: [50], form: "json", count: "exact" },
      data.bob,
    );
    assert.deepEqual([empty.rows, empty.total?.count], [0, 2]);
  });

  test("values of the wrong form are refused with the column's name", async () => {
    await assert.rejects(
      rows("tasks", { where: compare("points", "eq", 0) }, ["many"], null),
      failsWith("invalidValue", /'points' must be a whole number/),
    );
    await assert.rejects(rows("tasks", { where: compare("id", "eq", 0) }, [{ $ne: null }], null), failsWith("invalidValue"));
    await assert.rejects(rows("tasks", { where: compare("title", "eq", 0) }, [["a"]], null), failsWith("invalidValue"));
    await assert.rejects(rows("tasks", { where: compare("points", "like", 0) }, ["1"], null), failsWith("operatorMismatch"));
    await assert.rejects(rows("tasks", { limit: 0 }, [-1], null), failsWith("invalidValue"));
    await assert.rejects(rows("tasks", { where: compare("title", "fts", 0) }, ["x"], null), failsWith("operatorMismatch"));
  });
});
