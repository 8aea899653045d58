import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KeyScope } from "#contract";
import { actorFacts, type ActorFacts, expressions, foldCondition, nobodyFacts, tableOf } from "#database";
import { projectsBackend } from "../../../tests/support/projects-backend.ts";
import { createAccessView } from "./access-view.ts";
import { narrowView } from "./narrowed-view.ts";

const { model, rules } = projectsBackend;
const names = [...model.tables.keys()];
const operations = ["create", "update", "delete"] as const;
const id = "00000000-0000-7000-8000-000000000001";
const callers: readonly ActorFacts[] = [
  nobodyFacts,
  actorFacts({ id, roles: [], claims: {} }, model),
  actorFacts({ id, roles: ["editor"], claims: {} }, model),
];

const anyScope: fc.Arbitrary<KeyScope> = fc
  .record({
    access: fc.constantFrom("read" as const, "write" as const),
    tables: fc.option(fc.subarray(names), { nil: undefined }),
    routes: fc.boolean(),
  })
  .map(({ tables, ...scope }) => (tables === undefined ? scope : { ...scope, tables }));

test("whatever a scope leaves is what the owner may do, by the very same rule, and is in the scope", () => {
  let left = 0;
  fc.assert(
    fc.property(anyScope, fc.constantFrom(...callers), (scope, facts) => {
      const owner = createAccessView(model, rules, (rule) => foldCondition(rule, facts));
      const key = narrowView(owner, scope);
      const admits = (table: string): boolean => scope.tables?.includes(table) ?? true;
      for (const name of names) {
        const table = tableOf(model, name);
        const own = admits(name);
        assert.equal(key.readableTable(name), own ? owner.readableTable(name) : undefined);
        assert.deepEqual(key.readRule(table), own ? owner.readRule(table) : expressions.never);
        assert.deepEqual(key.historyRule(table), own ? owner.historyRule(table) : expressions.never);
        for (const operation of operations) {
          const rule = key.writeRule(table, operation);
          if (own && scope.access === "write") {
            assert.deepEqual(rule, owner.writeRule(table, operation));
            left++;
          } else assert.ok(expressions.isConstantTruth(rule.expression, false), `${operation} ${name}`);
        }
        for (const column of table.columns.keys()) {
          const seen = key.readableColumn(table, column);
          if (seen !== undefined) assert.deepEqual([own, seen], [true, owner.readableColumn(table, column)]);
        }
        const ways = key.readableRelations(table);
        assert.ok(ways.every((way) => owner.readableRelations(table).includes(way)));
        for (const { target, junction } of ways) assert.ok(own && admits(target) && admits(junction?.table ?? target));
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(left > 100);
});

test("what is computed from a table that the scope leaves out is left out with it", () => {
  const owner = createAccessView(model, rules, (rule) => foldCondition(rule, callers[2] ?? nobodyFacts));
  const projects = tableOf(model, "projects");
  const sees = (tables: readonly string[]): boolean =>
    narrowView(owner, { access: "read", tables, routes: false }).readableColumn(projects, "open_points") !== undefined;
  assert.deepEqual([sees(["projects"]), sees(["projects", "tasks"]), sees(["tasks"])], [false, true, false]);
});
