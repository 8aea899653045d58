import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createScopes, expressions, printExpression } from "#database";
import { defineBackend } from "../definition.ts";
import { defineSchema } from "../schema/define-schema.ts";
import { DefinitionError } from "../schema/definition-error.ts";
import { enums, id, ref, text } from "../schema/fields.ts";
import { table } from "../schema/table.ts";
import { actorValue } from "./build-actor.ts";
import { rowSource, rowValue } from "./build-row.ts";
import { conditionOf } from "./build-value.ts";
import { nobody } from "./conditions.ts";
import type { RuleScope } from "./rule-types.ts";
import type { Condition } from "./value.ts";

const users = { name: text() };
const role = enums("owner", "admin", "member");
const teams = { name: text() };
const memberships = table(
  { team: ref("teams").onDelete("cascade"), user: ref("users").onDelete("cascade"), role },
  { unique: [["team", "user"]] },
);
const organisations = { table: "teams", members: "memberships" } as const;
const schema = defineSchema(
  {
    users,
    teams,
    memberships,
    projects: { team: ref("teams"), title: text() },
    tasks: table({ project: ref("projects"), lead: ref("users").optional() }, { tenant: "project.team" }),
  },
  { tenant: "team", organisations },
);
type Rule = (scope: RuleScope<typeof schema, "tasks">) => Condition;

/** A rule of `tasks`, built and printed; or what is wrong with it. */
function built(rule: Rule): string {
  const source = rowSource(schema.model, createScopes("r"));
  const row = rowValue<RuleScope<typeof schema, "tasks">["row"]>(source, "tasks", expressions.scope("row"));
  const me = actorValue<RuleScope<typeof schema, "tasks">["me"]>(schema.model, source);
  const { expression, problems } = conditionOf(rule({ row, next: row, me }), "a rule")["~built"];
  return problems.length > 0 ? problems.join("; ") : printExpression(expression);
}

describe("belonging to an organisation", () => {
  test("is what anybody would write over the memberships by hand", () => {
    const byHand = built(({ row, me }) => row.project.team.memberships.some((member) => member.user.eq(me.id)));
    assert.equal(
      built(({ row, me }) => me.belongsTo(row.project.team)),
      byHand,
    );
    assert.equal(
      built(({ row, me }) => me.hasRoleIn(row.project.team, "owner", "admin")),
      built(({ row, me }) =>
        row.project.team.memberships.some((member) => member.user.eq(me.id).and(member.role.in(["owner", "admin"]))),
      ),
    );
  });

  test("is asked of an organisation, of roles that there are", () => {
    assert.equal(
      // @ts-expect-error a project is no organisation
      built(({ row, me }) => me.belongsTo(row.project)),
      "me.belongsTo() is asked of a row of 'teams', or of a reference to one, not of one of 'projects'",
    );
    assert.equal(
      // @ts-expect-error the id alone leads nowhere
      built(({ me }) => me.belongsTo("00000000-0000-7000-8000-000000000000")),
      "me.belongsTo() is asked of a row of 'teams', or of a reference to one, not of something else",
    );
    assert.equal(
      // @ts-expect-error there is no such role
      built(({ row, me }) => me.hasRoleIn(row.project.team, "onwer")),
      "me.hasRoleIn(): members of 'teams' have no role 'onwer'; did you mean 'owner'?",
    );
    assert.match(
      built(({ row, me }) => me.hasRoleIn(row.project.team)),
      /needs a role: me\.hasRoleIn\(row, "owner"\)$/,
    );
  });

  test("is who a tenant is, where nothing else is said", () => {
    const rules = {
      users: () => ({ read: nobody, write: nobody }),
      teams: ({ row, me }: RuleScope<typeof schema, "teams">) => ({ read: me.belongsTo(row), write: nobody }),
      memberships: () => ({ read: nobody, write: nobody }),
      projects: ({ row, me }: RuleScope<typeof schema, "projects">) => ({
        read: me.hasRoleIn(row.team, "owner"),
        write: nobody,
      }),
      tasks: () => ({ read: nobody, write: nobody }),
    };
    const written = {
      teams: ({ row, me }: Pick<RuleScope<typeof schema, "teams">, "row" | "me">) =>
        row.memberships.some((m) => m.user.eq(me.id)),
    };
    const shown = (backend: ReturnType<typeof defineBackend>): unknown =>
      [...backend.rules].map(([name, { read }]) => [name, read === undefined ? "" : printExpression(read)]);
    assert.deepEqual(shown(defineBackend(schema, { rules })), shown(defineBackend(schema, { rules, tenants: written })));
  });
});

describe("organisations of a schema are a mistake where they would not hold", () => {
  // What callers without types write, too.
  const untyped: (tables: object, options: object) => { readonly model: unknown } = defineSchema;
  const mistakes = (tables: object, given: unknown = organisations): readonly string[] => {
    try {
      void untyped({ users, teams, ...tables }, { organisations: given }).model;
      return [];
    } catch (error) {
      assert.ok(error instanceof DefinitionError, String(error));
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    }
  };
  const team = ref("teams").onDelete("cascade");
  const user = ref("users").onDelete("cascade");
  const unique = [["team", "user"]] as const;
  const cases: readonly (readonly [title: string, tables: object, expected: RegExp, given?: unknown])[] = [
    [
      "no table of that name",
      { memberships },
      /^organisations\.table: there is no table 'organisations'; say/,
      { members: "memberships" },
    ],
    [
      "a misspelt table",
      { memberships },
      /^organisations\.table: there is no table 'team'; did you mean 'teams'\?/,
      { table: "team", members: "memberships" },
    ],
    [
      "an unknown name",
      { memberships },
      /^organisations\.rolle: is nothing that organisations have; did you mean 'role'\?/,
      { ...organisations, rolle: "x" },
    ],
    ["chosen ids", { teams: { id: id("text") }, memberships }, /'teams' needs UUIDs: leave out its id/],
    ["no way to the user", { memberships: table({ team, role }, {}) }, /must have one reference to 'users', and has none/],
    [
      "two users",
      { memberships: table({ team, user, by: user.inverse("invited"), role }, { unique }) },
      /one reference to 'users', and has several/,
    ],
    [
      "nobody's membership",
      { memberships: table({ team, user: user.optional(), role }, { unique }) },
      /'memberships\.user' is optional/,
    ],
    [
      "one that holds its organisation",
      { memberships: table({ team: ref("teams"), user, role }, { unique }) },
      /'memberships\.team' must say \.onDelete\("cascade"\)/,
    ],
    [
      "belonging twice",
      { memberships: { team, user, role } },
      /must say that nobody belongs twice: table\(\{ \.\.\. \}, \{ unique: \[\["team", "user"\]\] \}\)/,
    ],
    [
      "no role",
      { memberships: table({ team, user }, { unique }) },
      /'memberships\.role' must be an enum of roles.* and there is none/,
    ],
    [
      "a role that is text",
      { memberships: table({ team, user, role: text() }, { unique }) },
      /must be an enum of roles.* and it is none/,
    ],
    ["who left, kept", { memberships: table({ team, user, role }, { unique, softDelete: true }) }, /leave out softDelete/],
    [
      "what sign-in cannot give",
      { memberships: table({ team, user, role, title: text() }, { unique }) },
      /'memberships\.title' would have to be given/,
    ],
  ];
  for (const [title, tables, expected, given] of cases)
    test(title, () => {
      const [first = "", ...others] = mistakes(tables, given);
      assert.match(first, expected);
      assert.deepEqual(others, []);
    });

  test("and rules that ask for them are told once", () => {
    const loose = defineSchema({ users, teams, memberships }, { tenant: "team" });
    const rules =
      (name: "teams" | "users" | "memberships") => (scope: { row: never; me: { belongsTo(row: never): Condition } }) =>
        name === "teams" ? { read: scope.me.belongsTo(scope.row), write: nobody } : { read: nobody, write: nobody };
    const define = defineBackend as (schema: unknown, input: unknown) => unknown;
    const input = { rules: { users: rules("users"), teams: rules("teams"), memberships: rules("memberships") } };
    assert.throws(
      () => define(loose, input),
      /rules\.teams\.read: me\.belongsTo\(\) needs to know who belongs where: give defineSchema organisations: true/,
    );
  });
});
