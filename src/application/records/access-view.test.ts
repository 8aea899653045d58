import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { foldCondition, nobodyFacts, tableOf } from "#database";
import { projectsBackend } from "../../../tests/support/projects-backend.ts";
import { createAccessView, readableColumns } from "./access-view.ts";

const { model, rules } = projectsBackend;
const nobody = createAccessView(model, rules, (rule) => foldCondition(rule, nobodyFacts));
const system = createAccessView(model, rules, "system");

test("nobody sees the tables that are open, and of them the columns that are", () => {
  const visible = [...model.tables.keys()].filter((name) => nobody.readableTable(name) !== undefined);
  assert.deepEqual(visible, ["users", "projects", "tasks"]);
  const users = readableColumns(nobody, tableOf(model, "users")).map(({ column }) => column.name);
  assert.deepEqual(users, ["id", "name", "created", "updated", "version"]);
});

test("a relation to what is out of sight is out of sight", () => {
  const of = (name: string): string[] => nobody.readableRelations(tableOf(model, name)).map(({ target }) => target);
  assert.ok(!of("projects").includes("teams"));
  assert.ok(!of("users").includes("teams"), "nor through a junction that is");
  assert.ok(of("projects").includes("tasks"));
});

test("the system sees all but secrets", () => {
  const users = new Set(readableColumns(system, tableOf(model, "users")).map(({ column }) => column.name));
  assert.ok(users.has("phone") && !users.has("password"));
});

test("names that callers make up take no memory", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const table = tableOf(model, "users");
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 200_000; index++) assert.equal(nobody.readableColumn(table, `made-up-${index}`), undefined);
  collect();
  assert.ok(process.memoryUsage().heapUsed - before < 4_000_000);
});
