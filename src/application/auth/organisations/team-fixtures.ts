import assert from "node:assert/strict";
import { createIdSource } from "#base";
import type { Actor } from "#contract";
import { sqliteDialect } from "#database";
import { system } from "../../access/caller.ts";
import { type Backend, defineBackend } from "../../definition.ts";
import { createRecordStore, type RecordStore } from "../../records/record-store.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { enums, ref, text } from "../../schema/fields.ts";
import { table } from "../../schema/table.ts";
import { openPeople, type People, request } from "../auth-fixtures.ts";
import type { Organisations } from "./open-organisations.ts";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    organisations: { name: text().min(1).max(60), about: text().optional() },
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "admin", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
    projects: { organisation: ref("organisations").onDelete("cascade"), title: text() },
  },
  { organisations: true, tenant: "organisation" },
);

/** Teams with projects. Owners may write memberships by the data API: what must hold of them holds there too. */
export const teamsBackend: Backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
    organisations: ({ row, me }) => ({
      read: me.belongsTo(row),
      create: me.isVerified,
      update: me.hasRoleIn(row, "owner", "admin"),
      delete: me.hasRoleIn(row, "owner"),
    }),
    members: ({ row, me }) => ({
      read: me.belongsTo(row.organisation),
      create: nobody,
      update: me.hasRoleIn(row.organisation, "owner"),
      delete: me.hasRoleIn(row.organisation, "owner"),
    }),
    projects: () => ({ read: everyone, write: everyone }),
  },
  auth: true,
});

export type Somebody = Awaited<ReturnType<People["join"]>>;

export interface Teams extends People {
  readonly organisations: Organisations;
  readonly records: RecordStore;
  /** A team of that owner. */
  team(owner: Somebody, name?: string): Promise<string>;
  /** Invites somebody by that owner or admin, and has them accept. */
  bring(by: Somebody, organisation: string, who: Somebody & { readonly email: string }, role?: string): Promise<void>;
  person(name: string): Promise<Somebody & { readonly email: string }>;
  /** What somebody reads of a table, as they ask now. */
  read(who: { readonly token: string }, table: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Who belongs, and as what, past all rules: user to role. */
  roles(organisation: string): Promise<ReadonlyMap<string, string>>;
  /** As they are now: what their session shows. */
  me(who: { readonly token: string }): Promise<Actor>;
}

export async function openTeams(backend: Backend = teamsBackend, options: Parameters<typeof openPeople>[1] = {}): Promise<Teams> {
  const people = await openPeople(backend, options);
  const { organisations } = people.auth;
  assert.ok(organisations !== undefined);
  const { database, clock } = people;
  const { model, rules } = backend;
  const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids: createIdSource(clock) });
  const me: Teams["me"] = ({ token }) => people.auth.sessions.check(token);
  return Object.assign(Object.create(people) as People, {
    organisations,
    records,
    me,
    async person(name: string) {
      const email = `${name.toLowerCase()}@example.org`;
      return { ...(await people.join(email, { name })), email };
    },
    async team(owner: Somebody, name = "Red") {
      return (await organisations.create(await me(owner), { organisation: { name } }, request)).organisation;
    },
    async bring(by: Somebody, organisation: string, who: Somebody & { readonly email: string }, role = "member") {
      await organisations.invitations.invite(await me(by), { organisation, email: who.email, role }, request);
      const token = people.tokenTo(who.email, "invitation");
      await organisations.invitations.accept(await me(who), { token }, request);
    },
    async read(who: { readonly token: string }, name: string) {
      const selection = { items: [{ type: "all" }] } as const;
      const { json } = await records.read({ table: name, selection, values: [], form: "json" }, await me(who));
      return JSON.parse(json) as readonly Readonly<Record<string, unknown>>[];
    },
    async roles(organisation: string) {
      const rows = await database.all('SELECT "user", role FROM members WHERE organisation = ?', [organisation]);
      return new Map(rows.map(([user, role]) => [String(user), String(role)]));
    },
    [Symbol.asyncDispose]: () => people[Symbol.asyncDispose](),
  });
}

/** Makes a project of a team, as the system. */
export async function addProject({ records }: Teams, organisation: string, title: string): Promise<void> {
  const rows = [{ organisation, title }];
  const made = { type: "insert", table: "projects", rows, rowForm: "json", missing: "default" } as const;
  await records.write({ ...made, values: [], form: "json" }, system);
}
