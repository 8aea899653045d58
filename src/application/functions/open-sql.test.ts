import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { sql } from "kysely";
import { AppError } from "#contract";
import { everyone } from "../rules/conditions.ts";
import { failure, openFunctionWorld } from "./function-fixtures.ts";

test("SQL of one's own reads by joins and groups, typed by the schema", async (t) => {
  const { dbOf } = await openFunctionWorld(t);
  const { sql: system } = dbOf(null).asSystem();
  const rows = await system
    .selectFrom("tasks")
    .innerJoin("projects", "projects.id", "tasks.project")
    .select(["projects.title", (build) => build.fn.sum<number>("tasks.points").as("points")])
    .groupBy("projects.id")
    .orderBy("points", "desc")
    .execute();
  assert.deepEqual(rows, [
    { title: "Secret garden", points: 13 },
    { title: "Closed doors", points: 8 },
    { title: "Open house", points: 7 },
  ]);
});

test("values are as the database holds them", async (t) => {
  const { dbOf } = await openFunctionWorld(t);
  const { sql: system } = dbOf(null).asSystem();
  const row = await system
    .selectFrom("projects")
    .select(["open", "budget"])
    .where("title", "=", "Open house")
    .executeTakeFirstOrThrow();
  assert.deepEqual(row, { open: 1, budget: 100_010 });
  const raw = await sql<{ answer: number; missing: null }>`SELECT ${true} + 41 AS answer, ${null} AS missing`.execute(system);
  assert.deepEqual(raw.rows, [{ answer: 42, missing: null }]);
  await assert.rejects(sql`SELECT ${new Date(0)}`.execute(system), TypeError);
});

test("in a mutation it is part of the transaction, and says what it changed", async (t) => {
  const { call, dbOf } = await openFunctionWorld(t);
  const change = (fail: boolean): Promise<unknown> =>
    call(({ mutation }) =>
      mutation({ access: everyone }, async ({ db }) => {
        const system = db.asSystem();
        const { numUpdatedRows } = await system.sql
          .updateTable("tasks")
          .set({ points: 1 })
          .where("points", ">", 4)
          .executeTakeFirstOrThrow();
        const returned = await system.sql
          .updateTable("tasks")
          .set({ effort: 2 })
          .where("title", "=", "Dig")
          .returning("effort")
          .execute();
        assert.deepEqual(returned, [{ effort: 2 }]);
        assert.equal((await system.tasks.first({ where: { title: "Dig" } }))?.points, 1);
        if (fail) throw new AppError("forbidden");
        return Number(numUpdatedRows);
      }),
    );
  const points = async (): Promise<unknown> =>
    (
      await dbOf(null)
        .asSystem()
        .tasks.first({ where: { title: "Dig" } })
    )?.points;
  await assert.rejects(change(true), failure("forbidden"));
  assert.equal(await points(), 13);
  assert.equal(await change(false), 3);
  assert.equal(await points(), 1);
});

test("it has no transaction of its own, and does not end that of the mutation", async (t) => {
  const { call } = await openFunctionWorld(t);
  await assert.rejects(
    call(({ mutation }) =>
      mutation({ access: everyone }, ({ db }) =>
        db
          .asSystem()
          .sql.transaction()
          .execute(async () => "never"),
      ),
    ),
    failure("internal", /A mutation already is one transaction/),
  );
  await assert.rejects(
    call(({ mutation }) => mutation({ access: everyone }, async ({ db }) => void (await sql`COMMIT`.execute(db.asSystem().sql)))),
    failure("internal", /A statement ended the transaction/),
  );
});

test("outside a mutation it only reads", async (t) => {
  const { dbOf } = await openFunctionWorld(t);
  const { sql: system } = dbOf(null).asSystem();
  await assert.rejects(system.deleteFrom("tasks").execute(), /SQL may only read here: to write, do it in a mutation/);
  await assert.rejects(sql`DROP TABLE tasks`.execute(system), /SQL may only read here/);
  assert.equal(await dbOf(null).asSystem().tasks.count(), 4);
});

const countLoaded = `
import { registerHooks } from "node:module";
const urls = [];
registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
await import("chassis");
console.log(urls.filter((url) => url.includes("/kysely/")).length, urls.length > 50);
`;

test("nobody loads Kysely who does not use it", () => {
  const loaded = execFileSync(process.execPath, ["--input-type=module", "--eval", countLoaded], { encoding: "utf8" });
  assert.equal(loaded.trim(), "0 true");
});
