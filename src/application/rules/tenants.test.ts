import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printExpression } from "#database";
import { type BackendInput, defineBackend } from "../definition.ts";
import { defineSchema, type SchemaOptions } from "../schema/define-schema.ts";
import { DefinitionError } from "../schema/definition-error.ts";
import { bool, id, integer, ref, text } from "../schema/fields.ts";
import { table } from "../schema/table.ts";
import { everyone, nobody } from "./conditions.ts";

const users = { name: text() };
const organisations = { name: text() };
const members = table({ organisation: ref("organisations"), user: ref("users") }, { unique: [["organisation", "user"]] });
const projects = { organisation: ref("organisations"), title: text() };
const belongs = {
  organisations: ({ row, me }: Scope) => row["members"]?.["some"]?.((m: Loose) => m["user"]?.["eq"]?.(me["id"])),
};

/** What is asked of a definition without types. */
type Loose = { readonly [name: string]: Loose } & ((...args: unknown[]) => Loose);
type Scope = { readonly row: Loose; readonly next: Loose; readonly me: Loose };

/** Loosely, as callers without types see it: every rule is `everyone` where a table is not named. */
function define(tables: Readonly<Record<string, unknown>>, options: object = {}, input: object = { tenants: belongs }) {
  const schema = (defineSchema as (tables: unknown, options: unknown) => ReturnType<typeof defineSchema>)(tables, options);
  const open = Object.fromEntries(Object.keys(tables).map((name) => [name, () => ({ read: everyone, write: everyone })]));
  const { rules = {}, ...rest } = input as { readonly rules?: object };
  return defineBackend(schema, { rules: { ...open, ...rules }, ...rest } as unknown as BackendInput<typeof schema, never, never>);
}

function mistakes(...args: Parameters<typeof define>): readonly string[] {
  try {
    define(...args);
    return [];
  } catch (error) {
    assert.ok(error instanceof DefinitionError, String(error));
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

const tenant = "organisation";

describe("the border of tenants", () => {
  test("stands in every rule of a tenant's table, before what was written", () => {
    const { rules } = define(
      {
        users,
        organisations,
        members,
        projects,
        tasks: table({ project: ref("projects"), done: bool() }, { tenant: "project.organisation" }),
      },
      { tenant },
      {
        tenants: belongs,
        rules: {
          tasks: ({ row, next }: Scope) => ({ read: row["done"], create: everyone, update: next["done"], delete: nobody }),
        },
      },
    );
    const own = rules.get("projects");
    const border = /^row\.organisation\.members\.some\(\(u\d\) => u\d\.user\.eq\(me\.id\)\)$/;
    for (const rule of [own?.read, own?.create, own?.update?.expression, own?.delete])
      assert.match(rule === undefined ? "" : printExpression(rule), border);
    assert.equal(own?.update?.mentionsNext, false);
    const tasks = rules.get("tasks");
    const print = (rule: Parameters<typeof printExpression>[0] | undefined): string =>
      rule === undefined ? "" : printExpression(rule).replaceAll(/\bu\d+/g, "m");
    const some = (row: string): string => `${row}.project.organisation.members.some((m) => m.user.eq(me.id))`;
    assert.equal(print(tasks?.read), `${some("row")}.and(row.done)`);
    assert.equal(print(tasks?.update?.expression), `${some("row")}.and(${some("next")}, next.done)`);
    assert.equal(print(tasks?.delete), "false");
    assert.equal(
      print(tasks?.fields.get("project")?.update?.expression),
      "next.project.organisation.eq(row.project.organisation)",
    );
    assert.equal(rules.get("organisations")?.read, everyone["~built"].expression);
  });

  test("is asked for where it would be missing", () => {
    assert.deepEqual(mistakes({ users, organisations, members, projects }, { tenant }), []);
    assert.deepEqual(mistakes({ users, organisations, members, projects }, { tenant }, {}), [
      "tenants.organisations: is missing: the rows of 'projects' belong to one of 'organisations', and who does too must be said",
    ]);
    assert.deepEqual(mistakes({ users, organisations, members, projects, tasks: { project: ref("projects") } }, { tenant }), [
      "tasks.tenant: 'project' refers to what belongs to a tenant: say tenant: \"project.organisation\", or tenant: false where all tenants share these rows",
    ]);
    assert.deepEqual(
      mistakes(
        { users, organisations, members, projects, tasks: table({ project: ref("projects") }, { tenant: false }) },
        { tenant },
      ),
      [],
    );
    assert.deepEqual(
      mistakes(
        {
          users,
          organisations,
          members,
          projects,
          tasks: table({ project: ref("projects") }, { tenant: "project.organisation" }),
        },
        {},
      ),
      [
        "members.tenant: 'organisation' refers to what belongs to a tenant: say tenant: \"organisation\", or tenant: false where all tenants share these rows",
        "projects.tenant: 'organisation' refers to what belongs to a tenant: say tenant: \"organisation\", or tenant: false where all tenants share these rows",
        "tasks.tenant: leads through 'projects', which must say tenant: \"organisation\" itself",
      ],
    );
  });

  test("is refused where it would not hold", () => {
    const wrong = (fields: object, options: object): readonly string[] =>
      mistakes(
        { users, organisations, members, wrong: (table as (fields: unknown, options: unknown) => unknown)(fields, options) },
        { tenant },
      );
    const organisation = ref("organisations");
    assert.match(
      wrong({ organisation: organisation.optional() }, {})[0] ?? "",
      /^wrong\.tenant: .*optional, and a row without it would belong to nobody/,
    );
    assert.match(
      wrong({ organisation }, { tenant: "organisaton" })[0] ?? "",
      /no field 'organisaton' in 'wrong'; did you mean 'organisation'/,
    );
    assert.match(wrong({ organisation, size: integer() }, { tenant: "size" })[0] ?? "", /'wrong\.size' is no reference/);
    assert.match(wrong({ organisation }, { tenant: 7 })[0] ?? "", /is a reference such as/);
    assert.match(
      wrong({ organisation, slug: text().unique() }, {})[0] ?? "",
      /the unique 'slug' would tell .* unique: \[\["organisation", "slug"\]\]/,
    );
    assert.deepEqual(wrong({ organisation, slug: text() }, { unique: [["organisation", "slug"]] }), []);
    assert.match(wrong({ id: id("integer"), organisation }, {})[0] ?? "", /needs UUIDs: an id that is a number/);
    assert.match(wrong({ id: id("text"), organisation }, {})[0] ?? "", /needs UUIDs: an id that is chosen by the caller/);
    assert.match(
      mistakes({ users, organisations, members }, { tenant: "organization" })[0] ?? "",
      /^tenant: .*none has 'organization'; did you mean 'organisation'/,
    );
    assert.match(
      mistakes({ users }, {}, { tenants: { users: () => everyone } })[0] ?? "",
      /^tenants\.users: no table says that its rows belong to one of 'users'/,
    );
    assert.match(
      mistakes(
        { users, organisations, members },
        { tenant },
        { tenants: { organisations: ({ row }: Scope) => row["membrs"]?.["some"]?.() } },
      )[0] ?? "",
      /^tenants\.organisations: there is no column or relation 'membrs'/,
    );
  });

  test("is not passed by computed fields", () => {
    const tables = {
      users,
      organisations,
      members,
      projects: { ...projects, owner: ref("users"), next: ref("projects").optional().inverse("previous") },
    };
    const computed = (fields: SchemaOptions<never, never, never>["computed"] | object): readonly string[] =>
      mistakes(tables, { tenant, computed: fields });
    const within = {
      organisations: (row: Loose) => ({ size: row["projects"]?.["count"]?.() }),
      projects: (row: Loose) => ({
        people: row["organisation"]?.["members"]?.["count"]?.(),
        later: row["next"]?.["title"],
        owners: row["owner"]?.["name"],
        siblings: row["organisation"]?.["projects"]?.["count"]?.(),
      }),
    };
    assert.deepEqual(computed(within), []);
    const message = "looks at rows of 'projects' that may be of other tenants: whoever reads the field would see what is in them";
    assert.deepEqual(computed({ users: (row: Loose) => ({ owned: row["projects"]?.["count"]?.() }) }), [
      `computed.users.owned: ${message}`,
    ]);
    assert.deepEqual(computed({ projects: (row: Loose) => ({ others: row["owner"]?.["projects"]?.["count"]?.() }) }), [
      `computed.projects.others: ${message}`,
    ]);
  });
});
