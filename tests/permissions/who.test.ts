import assert from "node:assert/strict";
import { after, test } from "node:test";
import { silentLogger, systemClock } from "#base";
import { missingRules, peopleOf, whoMay } from "#application";
import {
  type ActorFacts,
  evaluateTruth,
  openSqlite,
  prepareDatabase,
  printExpression,
  type SqliteDatabase,
  tableOf,
} from "#database";
import fc from "fast-check";
import { backendWith, drawActor, drawCondition, drawRows, drawSignedIn, relatedIn, type Rows, schema } from "./random-rules.ts";
import { propertyRuns } from "../support/property-runs.ts";

const runs = propertyRuns(50, 150);
const now = "2026-11-25T18:00:00.000Z";

const database: SqliteDatabase = await openSqlite({ path: ":memory:", logger: silentLogger, clock: systemClock });
await prepareDatabase(database, schema.model);
after(() => database.close());

async function fill(rows: Rows): Promise<void> {
  await database.transaction(async (connection) => {
    for (const name of ["docs", "memberships", "teams", "users"]) await connection.run(`DELETE FROM ${name}`, []);
    for (const name of ["users", "teams", "memberships", "docs"])
      for (const row of rows.get(name) ?? []) {
        const columns = Object.keys(row);
        await connection.run(
          `INSERT INTO ${name} (${columns.map((column) => `"${column}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
          Object.values(row),
        );
      }
  });
}

test("who lists those whom the evaluator lets in, and nobody else", async () => {
  const seen = { listed: 0, everybody: 0, conditions: 0, open: 0, anonymous: 0 };
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const { model, rules } = backendWith((scope) => drawCondition(draw, { scope, depth: 3 }));
      assert.deepEqual(missingRules({ model, rules, functions: new Map() }), []);
      const rows = drawRows(draw);
      await fill(rows);
      const [row] = rows.get("docs") ?? [];
      const table = tableOf(model, "docs");
      const known = { connection: database, model, table, key: row?.["id"] ?? null, now };
      const answer = await whoMay({ rules }, { table, operation: "read" }, known);
      const rule = rules.get("docs")?.read;
      assert.ok(answer !== undefined && rule !== undefined && row !== undefined);
      if (answer.undecided.length > 0) seen.open += 1;
      const context = { rows: { row }, now, related: relatedIn(rows) };
      const ways = await Promise.all(
        answer.ways.map(async ({ conditions, people }) => {
          const listed = peopleOf(people, known);
          assert.ok(listed !== undefined);
          const found: unknown[] = [];
          for (let after = undefined as Parameters<typeof listed.page>[0]; ; ) {
            const page = await listed.page(after, 2);
            found.push(...page.map(({ id }) => id));
            if (page.length < 2) break;
            after = page.at(-1)?.place;
          }
          assert.equal(await listed.count(), found.length);
          return { conditions, found, everybody: printExpression(people) === "true" };
        }),
      );
      seen.conditions += ways.filter(({ conditions }) => conditions.length > 0).length;
      seen.everybody += ways.filter(({ everybody }) => everybody).length;
      for (let times = 0; times < 6; times++) {
        const drawn = drawActor(draw, rows);
        const actor: ActorFacts = {
          ...drawn,
          claims: Object.fromEntries(
            Object.entries(drawn.claims).map(([name, value]) => [
              name,
              answer.undecided.includes(`me.claim(${JSON.stringify(name)})`) ? null : value,
            ]),
          ),
        };
        const expected: boolean = evaluateTruth(rule, { ...context, actor }) === 1;
        if (!actor.signedIn) {
          assert.equal(answer.anonymous, expected, printExpression(rule));
          if (expected) seen.anonymous += 1;
          continue;
        }
        const isUser = (rows.get("users") ?? []).some((user) => user["id"] === actor.id);
        if (!isUser && ways.every(({ everybody }) => !everybody)) continue;
        const inside = ways.some(
          ({ conditions, found, everybody }) =>
            conditions.every(({ expression, truth }) => evaluateTruth(expression, { rows: {}, actor, now }) === truth) &&
            (everybody || found.includes(actor.id)),
        );
        if (!isUser && !inside) continue;
        if (inside) seen.listed += 1;
        assert.equal(
          inside,
          expected,
          `${printExpression(rule)}\n${JSON.stringify(actor)}\n${JSON.stringify(row)}\n${JSON.stringify(ways)}`,
        );
      }
      // For given roles and claims there is one list.
      const user = (rows.get("users") ?? [])[0]?.["id"] ?? null;
      const actor = drawSignedIn(draw, user);
      const given = await whoMay({ rules }, { table, operation: "read" }, known, { given: actor });
      const [only] = given?.ways ?? [];
      const listed = only === undefined ? [] : ((await peopleOf(only.people, known)?.page(undefined, 100)) ?? []);
      assert.equal(
        listed.some(({ id }) => id === user),
        evaluateTruth(rule, { ...context, actor }) === 1,
        printExpression(rule),
      );
    }),
    { numRuns: runs, endOnFailure: true },
  );
  for (const [what, times] of Object.entries(seen)) assert.ok(times >= runs / 200, `${what}: ${times}`);
});
