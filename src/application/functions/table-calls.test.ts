import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { failure, type FunctionWorld, openFunctionWorld, type ProjectsDb } from "./function-fixtures.ts";

let world: FunctionWorld;
let ann: ProjectsDb;
let eve: ProjectsDb;
let nobody: ProjectsDb;
let all: ReturnType<ProjectsDb["asSystem"]>;
let id: (name: string) => string;

/** An id of no row. */
const absent = "00000000-0000-7000-8000-0000000fffff";

const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing) await close();
});

before(async () => {
  world = await openFunctionWorld({ after: (close) => void closing.push(close as () => unknown) });
  const { data, dbOf } = world;
  [ann, eve, nobody] = [dbOf(data.ann), dbOf(data.eve), dbOf(null)];
  all = nobody.asSystem();
  id = (name) => data.ids[name] ?? "";
});

describe("reading", () => {
  test("list gives the rows that the caller may read, in order", async () => {
    const titles = async (db: ProjectsDb): Promise<string[]> =>
      (await db.projects.list({ select: ["title"], orderBy: { title: "desc" } })).map(({ title }) => title);
    assert.deepEqual(await titles(nobody), ["Open house"]);
    assert.deepEqual(await titles(ann), ["Open house", "Closed doors"]);
    assert.deepEqual(await titles(eve), ["Secret garden", "Open house"]);
  });

  test("the system sees everything, and only where it is asked for by name", async () => {
    assert.equal((await all.projects.list()).length, 3);
    assert.equal(await ann.asSystem().projects.count(), 3);
    assert.equal(await ann.projects.count(), 2);
    assert.ok(!("asSystem" in all));
  });

  test("select, limit and offset bound what comes", async () => {
    const options = { orderBy: { title: "asc" }, limit: 1, offset: 1 } as const;
    assert.deepEqual(await ann.tasks.list({ select: ["title", "points"], ...options }), [{ title: "Lock", points: 8 }]);
  });

  test("include brings related rows, each under its own rules", async () => {
    const rows = await ann.tasks.list({
      where: { title: "Paint" },
      select: ["title", "project"],
      include: {
        project: { select: ["title"], include: { owner: { select: ["name"] } } },
        assignee: { select: ["name"], include: { assigned: { select: ["title"], orderBy: { title: "asc" }, limit: 1 } } },
      },
    });
    assert.deepEqual(rows, [
      {
        title: "Paint",
        project: { title: "Open house", owner: { name: "Ann" } },
        assignee: { name: "Bob", assigned: [{ title: "Lock" }] },
      },
    ]);
    const [seen] = await eve.users.list({
      where: { name: "Bob" },
      select: ["name"],
      include: { assigned: { select: ["title"] } },
    });
    assert.deepEqual(seen, { name: "Bob", assigned: [{ title: "Paint" }] });
  });

  test("include beside the whole row stands in place of the reference", async () => {
    const row = await ann.projects.get(id("open"), { include: { team: { select: ["name"] } } });
    assert.deepEqual(row?.team, { name: "Red" });
    assert.equal(row?.title, "Open house");
  });

  test("get and first give null where there is nothing to read", async () => {
    assert.equal((await ann.projects.get(id("open")))?.title, "Open house");
    assert.equal(await ann.projects.get(id("secret")), null);
    assert.equal(await ann.projects.get(absent), null);
    assert.equal((await ann.tasks.first({ orderBy: { points: "desc" } }))?.title, "Lock");
    assert.equal(await ann.tasks.first({ where: { points: { gt: 50 } } }), null);
    await assert.rejects(() => ann.projects.get(undefined as unknown as string), TypeError);
  });

  test("pages follow each other to the end", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: { rows: readonly { title: string }[]; next: string | null; total?: number } = await all.tasks.page({
        select: ["title"],
        orderBy: { points: "asc" },
        limit: 3,
        after,
        count: "exact",
      });
      assert.equal(page.total, 4);
      seen.push(...page.rows.map(({ title }) => title));
      after = page.next;
    } while (after !== null);
    assert.deepEqual(seen, ["Clean", "Paint", "Lock", "Dig"]);
    await assert.rejects(ann.tasks.page({ after: "made up" }), failure("invalidCursor"));
  });

  test("aggregate gives figures for each group", async () => {
    const rows = await ann.tasks.aggregate({
      groupBy: ["project"],
      values: { tasks: "count", points: { sum: "points" }, most: { max: "points" } },
      orderBy: { project: "asc" },
    });
    assert.deepEqual(
      rows.map(({ project, ...figures }) => [project, figures]),
      [
        [id("open"), { tasks: 2, points: 7, most: 5 }],
        [id("closed"), { tasks: 1, points: 8, most: 8 }],
      ],
    );
    const [none] = await ann.tasks.aggregate({ where: { points: 99 }, values: { tasks: "count", mean: { avg: "points" } } });
    assert.deepEqual(none, { tasks: 0, mean: null });
  });

  test("a value of another type is refused, and is never a filter that is not there", async () => {
    const loose = ann.tasks as unknown as { list: (options: object) => Promise<unknown> };
    await assert.rejects(loose.list({ where: { due: new Date(0) } }), failure("invalidValue"));
    await assert.rejects(loose.list({ where: { project: new Date(0) } }), failure("invalidValue"));
    await assert.rejects(loose.list({ include: { project: false } }), TypeError);
    assert.deepEqual(await ann.tasks.list({ where: { points: { in: [] } } }), []);
    assert.deepEqual(await ann.tasks.list({ where: { or: [] } }), []);
    assert.equal(await ann.tasks.count({ where: { points: { notIn: [] } } }), 3);
  });

  test("a column or relation that the caller may not know is none", async () => {
    await assert.rejects(ann.projects.list({ select: ["budget"] }), failure("unknownColumn"));
    await assert.rejects(ann.projects.list({ where: { budget: { gt: 1 } } }), failure("unknownColumn"));
    await assert.rejects(ann.teams.list({ include: { invoices: true } }), failure("unknownRelation"));
    await assert.rejects(ann.invoices.list(), failure("unknownTable"));
  });
});

describe("writing", () => {
  const task = (more: object = {}) => ({ project: id("open"), title: "Sweep", points: 1, ...more });

  test("create gives the row, createMany the ids", async () => {
    const created = await ann.tasks.create(task({ effort: undefined }));
    assert.equal(created.title, "Sweep");
    assert.equal(created.version, 1);
    const [first, second] = await ann.tasks.createMany([task({ title: "One" }), task({ title: "Two" })]);
    assert.equal((await ann.tasks.get(first ?? ""))?.title, "One");
    assert.equal((await ann.tasks.get(second ?? ""))?.title, "Two");
    await all.tasks.deleteMany({ where: { title: { in: ["Sweep", "One", "Two"] } } });
  });

  test("rules hold for what is written", async () => {
    await assert.rejects(eve.tasks.create(task()), failure("forbidden"));
    await assert.rejects(eve.tasks.createMany([{ project: id("secret"), title: "Mine" }, task()]), failure("forbidden"));
    assert.equal(await all.tasks.count({ where: { title: { in: ["Mine", "Sweep"] } } }), 0);
    await assert.rejects(eve.tasks.update(id("paint"), { title: "Hers" }), failure("notFound"));
    assert.equal(await eve.tasks.delete(id("paint")), false);
    assert.equal(await eve.tasks.updateMany({ where: {}, set: { points: 0 } }), 1);
    assert.equal((await all.tasks.get(id("paint")))?.points, 5);
    await all.tasks.update(id("dig"), { points: 13 });
  });

  test("what its maker may not read is not made by create, and is by createMany", async () => {
    const message = { from: "a@example.org", body: "Hello" };
    await assert.rejects(eve.messages.create(message), failure("forbidden"));
    await assert.rejects(nobody.messages.create(message), failure("signInRequired"));
    assert.equal(await all.messages.count(), 0);
    assert.equal((await nobody.messages.createMany([message])).length, 1);
    assert.equal(await all.messages.count(), 1);
  });

  test("update gives the row as it is then, and knows when there is none", async () => {
    const updated = await ann.tasks.update(id("clean"), { points: 3, due: undefined as unknown as null });
    assert.equal(updated.points, 3);
    await ann.tasks.update(id("clean"), { points: 2 });
    await assert.rejects(ann.tasks.update(absent, { points: 3 }), failure("notFound"));
  });

  test("changes of many rows need to say which", async () => {
    const loose = ann.tasks as unknown as Record<"updateMany" | "deleteMany", (options: object) => Promise<number>>;
    await assert.rejects(loose.deleteMany({}), TypeError);
    await assert.rejects(loose.updateMany({ set: { points: 0 } }), TypeError);
    await assert.rejects(loose.deleteMany({ where: { project: undefined } }), TypeError);
    assert.equal(await all.tasks.count(), 4);
  });

  test("upsert makes, changes or leaves the row", async () => {
    const made = await all.teams.upsert({ name: "Green" }, { onConflict: ["name"] });
    const changed = await all.teams.upsert({ name: "Green", plan: "paid" }, { onConflict: ["name"] });
    assert.deepEqual([made.plan, changed.plan, changed.id], ["free", "paid", made.id]);
    assert.equal(await all.teams.upsert({ name: "Green", plan: "free" }, { onConflict: ["name"], resolution: "ignore" }), null);
    assert.equal((await all.teams.upsert({ id: made.id, name: "Greener" })).name, "Greener");
    assert.equal(await all.teams.delete(made.id), true);
    assert.equal(await all.teams.delete(made.id), false);
  });
});

describe("names", () => {
  test("db has its tables and its calls, and nothing of JavaScript's", () => {
    const loose = ann as unknown as Record<string, unknown>;
    for (const name of ["constructor", "then", "toString", "__proto__", "hasOwnProperty", "sql", "nothing"]) {
      assert.equal(loose[name], undefined, name);
    }
    assert.equal(ann.tasks, ann.tasks);
  });

  test("names of JavaScript's are no columns, relations or operators", async () => {
    const loose = ann.tasks as unknown as { list: (options: object) => Promise<unknown> };
    for (const name of ["constructor", "toString", "__proto__"]) {
      const where = Object.fromEntries([[name, 1]]);
      await assert.rejects(loose.list({ where }), failure("unknownColumn"), name);
      await assert.rejects(loose.list({ where: { points: where } }), TypeError, name);
      await assert.rejects(loose.list({ include: Object.fromEntries([[name, true]]) }), failure("unknownRelation"), name);
      await assert.rejects(loose.list({ select: [name] }), failure("unknownColumn"), name);
    }
  });
});
