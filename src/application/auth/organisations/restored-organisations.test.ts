import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor } from "#contract";
import { system } from "../../access/caller.ts";
import { type Backend, defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { enums, ref, text } from "../../schema/fields.ts";
import { table } from "../../schema/table.ts";
import { refusedAs } from "../auth-fixtures.ts";
import { openTeams, type Teams } from "./team-fixtures.ts";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    organisations: table({ name: text().min(1).max(60) }, { softDelete: true }),
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "admin", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
  },
  { organisations: true },
);
const backend: Backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
    organisations: ({ me }) => ({ read: everyone, create: me.isVerified, update: everyone, delete: everyone }),
    members: () => ({ read: everyone, write: everyone }),
  },
  auth: true,
});

const closed = () => ({ read: nobody, write: nobody }) as const;

type Caller = Actor | typeof system;
const only = (column: string) => ({ type: "compare", path: { column, json: [] }, operator: "eq", value: 0 }) as const;

const remove = (
  { records }: Teams,
  name: "organisations" | "members",
  where: Parameters<typeof only>[0],
  value: string,
): Promise<unknown> => records.write({ type: "delete", table: name, where: only(where), values: [value], form: "json" }, system);
/** The organisation goes, and then whoever owned it leaves. */
async function bury(teams: Teams, id: string): Promise<void> {
  await remove(teams, "organisations", "id", id);
  await remove(teams, "members", "organisation", id);
}
const restoring = (id: string) => ({ type: "restore", table: "organisations", key: 0, values: [id], form: "json" }) as const;
const joining = (organisation: string, user: string, role: string) =>
  ({
    type: "insert",
    table: "members",
    rows: [{ organisation, user, role }],
    rowForm: "json",
    missing: "default",
    values: [],
    form: "json",
  }) as const;
const isThere = async (teams: Teams, id: string): Promise<boolean> =>
  (await teams.database.get("SELECT 1 FROM organisations WHERE id = ? AND deleted IS NULL", [id])) !== undefined;

test("an organisation does not come back without an owner, whoever brings it back", async () => {
  await using teams = await openTeams(backend);
  const ada = await teams.person("Ada");
  const red = await teams.team(ada);
  await bury(teams, red);
  for (const caller of [await teams.me(ada), system] satisfies Caller[])
    await assert.rejects(
      teams.records.write(restoring(red), caller),
      refusedAs("lastOwner", /no owner any more: make somebody one in the transaction that brings it back/),
    );
  await assert.rejects(
    teams.records.transaction(async (own) => {
      await own.write(restoring(red), system);
      await own.write(joining(red, ada.user, "admin"), system);
    }),
    refusedAs("lastOwner"),
  );
  assert.equal(await isThere(teams, red), false);
});

test("it does with one: whom the same transaction makes, or who never left", async () => {
  await using teams = await openTeams(backend);
  const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
  const red = await teams.team(ada);
  await bury(teams, red);
  await teams.records.transaction(async (own) => {
    await own.write(restoring(red), system);
    await own.write(joining(red, bea.user, "owner"), system);
  });
  assert.equal(await isThere(teams, red), true);
  assert.deepEqual(await teams.roles(red), new Map([[bea.user, "owner"]]));
  await remove(teams, "organisations", "id", red);
  assert.deepEqual((await teams.organisations.list(await teams.me(bea))).length, 0, "while it is gone nobody belongs to it");
  await teams.records.write(restoring(red), await teams.me(bea));
  assert.equal((await teams.organisations.list(await teams.me(bea)))[0]?.role, "owner");
  assert.equal(await isThere(teams, red), true);
});

test("memberships go with an organisation that goes for good", async () => {
  await using teams = await openTeams(backend);
  const ada = await teams.person("Ada");
  const red = await teams.team(ada);
  await remove(teams, "organisations", "id", red);
  assert.equal(await teams.count("members"), 1);
  await teams.records.write({ type: "purge", table: "organisations", values: [], form: "json" }, system);
  assert.deepEqual([await teams.count("organisations"), await teams.count("members")], [0, 0]);
});

test("users of organisations keep no deleted rows, and the definition says so once", () => {
  const define = (): unknown =>
    defineBackend(
      defineSchema(
        {
          users: table({ name: text() }, { softDelete: true }),
          organisations: { name: text() },
          members: table(
            {
              organisation: ref("organisations").onDelete("cascade"),
              user: ref("users").onDelete("cascade"),
              role: enums("owner", "member"),
            },
            { unique: [["organisation", "user"]] },
          ),
        },
        { organisations: true },
      ),
      { rules: { users: closed, organisations: closed, members: closed } },
    );
  assert.throws(define, /a mistake: members\.user: 'users' has softDelete, and whoever is gone would still be a member/);
});
